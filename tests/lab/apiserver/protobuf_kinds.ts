/**
 * Field numbers of the messages that kubectl sends as protobuf (it does so where it uses typed clients, as in
 * `kubectl create namespace`). A row: number, JSON name, type. Types: s text, i integer, b bool, x bytes, t Time,
 * u MicroTime, o IntOrString, m map to text, y map to bytes, - ignored, else a message; `*` in front: repeated; `?`
 * behind: a pointer in Go, so a zero value counts. From the generated.proto files of Kubernetes 1.36.
 */
export const MESSAGES: Readonly<Record<string, string>> = {
  ObjectMeta:
    "1 name s, 2 generateName s, 3 namespace s, 4 selfLink s, 5 uid s, 6 resourceVersion s, 7 generation i, " +
    "8 creationTimestamp t, 9 deletionTimestamp t, 10 deletionGracePeriodSeconds i?, 11 labels m, 12 annotations m, " +
    "13 ownerReferences *OwnerReference, 14 finalizers *s, 17 managedFields -",
  OwnerReference: "1 kind s, 3 name s, 4 uid s, 5 apiVersion s, 6 controller b?, 7 blockOwnerDeletion b?",
  LabelSelector: "1 matchLabels m, 2 matchExpressions *LabelSelectorRequirement",
  LabelSelectorRequirement: "1 key s, 2 operator s, 3 values *s",
  DeleteOptions:
    "1 gracePeriodSeconds i?, 2 preconditions Preconditions, 3 orphanDependents b?, 4 propagationPolicy s, " +
    "5 dryRun *s, 6 ignoreStoreReadErrorWithClusterBreakingPotential b?",
  Preconditions: "1 uid s, 2 resourceVersion s",

  Namespace: "1 metadata ObjectMeta, 2 spec NamespaceSpec, 3 status -",
  NamespaceSpec: "1 finalizers *s",
  Service: "1 metadata ObjectMeta, 2 spec ServiceSpec, 3 status ServiceStatus",
  ServiceSpec:
    "1 ports *ServicePort, 2 selector m, 3 clusterIP s, 4 type s, 5 externalIPs *s, 7 sessionAffinity s, " +
    "8 loadBalancerIP s, 9 loadBalancerSourceRanges *s, 10 externalName s, 11 externalTrafficPolicy s, " +
    "12 healthCheckNodePort i, 13 publishNotReadyAddresses b, 14 sessionAffinityConfig SessionAffinityConfig, " +
    "17 ipFamilyPolicy s, 18 clusterIPs *s, 19 ipFamilies *s, 20 allocateLoadBalancerNodePorts b?, " +
    "21 loadBalancerClass s, 22 internalTrafficPolicy s, 23 trafficDistribution s",
  ServicePort: "1 name s, 2 protocol s, 3 port i, 4 targetPort o, 5 nodePort i, 6 appProtocol s",
  SessionAffinityConfig: "1 clientIP ClientIPConfig",
  ClientIPConfig: "1 timeoutSeconds i?",
  ServiceStatus: "1 loadBalancer LoadBalancerStatus, 2 conditions -",
  LoadBalancerStatus: "1 ingress *LoadBalancerIngress",
  LoadBalancerIngress: "1 ip s, 2 hostname s, 3 ipMode s",
  ConfigMap: "1 metadata ObjectMeta, 2 data m, 3 binaryData y, 4 immutable b?",
  Secret: "1 metadata ObjectMeta, 2 data y, 3 type s, 4 stringData m, 5 immutable b?",
  ServiceAccount:
    "1 metadata ObjectMeta, 2 secrets *ObjectReference, 3 imagePullSecrets *LocalObjectReference, " +
    "4 automountServiceAccountToken b?",
  LocalObjectReference: "1 name s",
  ObjectReference:
    "1 kind s, 2 namespace s, 3 name s, 4 uid s, 5 apiVersion s, 6 resourceVersion s, 7 fieldPath s",
  Event:
    "1 metadata ObjectMeta, 2 involvedObject ObjectReference, 3 reason s, 4 message s, 5 source EventSource, " +
    "6 firstTimestamp t, 7 lastTimestamp t, 8 count i, 9 type s, 10 eventTime u, 11 series EventSeries, 12 action s, " +
    "13 related ObjectReference, 14 reportingComponent s, 15 reportingInstance s",
  EventSource: "1 component s, 2 host s",
  EventSeries: "1 count i, 2 lastObservedTime u",
  Pod: "1 metadata ObjectMeta, 2 spec PodSpec, 3 status -",
  PodTemplateSpec: "1 metadata ObjectMeta, 2 spec PodSpec",
  PodSpec: "2 containers *Container, 3 restartPolicy s, 4 terminationGracePeriodSeconds i?, 6 dnsPolicy s, " +
    "7 nodeSelector m, 8 serviceAccountName s, 9 serviceAccount s, 10 nodeName s, 11 hostNetwork b, 12 hostPID b, " +
    "13 hostIPC b, 16 hostname s, 17 subdomain s, 19 schedulerName s, 24 priorityClassName s",
  Container:
    "1 name s, 2 image s, 3 command *s, 4 args *s, 5 workingDir s, 6 ports *ContainerPort, 7 env *EnvVar, " +
    "13 terminationMessagePath s, 14 imagePullPolicy s, 16 stdin b, 17 stdinOnce b, 18 tty b, " +
    "20 terminationMessagePolicy s",
  ContainerPort: "1 name s, 2 hostPort i, 3 containerPort i, 4 protocol s, 5 hostIP s",
  EnvVar: "1 name s, 2 value s",
  Deployment: "1 metadata ObjectMeta, 2 spec DeploymentSpec, 3 status -",
  DeploymentSpec:
    "1 replicas i?, 2 selector LabelSelector, 3 template PodTemplateSpec, 4 strategy DeploymentStrategy, 5 minReadySeconds i, " +
    "6 revisionHistoryLimit i?, 7 paused b, 9 progressDeadlineSeconds i?",
  DeploymentStrategy: "1 type s",

  Role: "1 metadata ObjectMeta, 2 rules *PolicyRule",
  ClusterRole: "1 metadata ObjectMeta, 2 rules *PolicyRule",
  PolicyRule: "1 verbs *s, 2 apiGroups *s, 3 resources *s, 4 resourceNames *s, 5 nonResourceURLs *s",
  RoleBinding: "1 metadata ObjectMeta, 2 subjects *Subject, 3 roleRef RoleRef",
  ClusterRoleBinding: "1 metadata ObjectMeta, 2 subjects *Subject, 3 roleRef RoleRef",
  RoleRef: "1 apiGroup s, 2 kind s, 3 name s",
  Subject: "1 kind s, 2 apiGroup s, 3 name s, 4 namespace s",

  Lease: "1 metadata ObjectMeta, 2 spec LeaseSpec",
  LeaseSpec:
    "1 holderIdentity s?, 2 leaseDurationSeconds i?, 3 acquireTime u, 4 renewTime u, 5 leaseTransitions i?, " +
    "6 strategy s, 7 preferredHolder s",
  SelfSubjectAccessReview: "1 metadata ObjectMeta, 2 spec AccessReviewSpec, 3 status -",
  SubjectAccessReview: "1 metadata ObjectMeta, 2 spec AccessReviewSpec, 3 status -",
  LocalSubjectAccessReview: "1 metadata ObjectMeta, 2 spec AccessReviewSpec, 3 status -",
  AccessReviewSpec:
    "1 resourceAttributes ResourceAttributes?, 2 nonResourceAttributes NonResourceAttributes?, 3 user s, " +
    "4 groups *s, 6 uid s",
  ResourceAttributes:
    "1 namespace s, 2 verb s, 3 group s, 4 version s, 5 resource s, 6 subresource s, 7 name s",
  NonResourceAttributes: "1 path s, 2 verb s",
  SelfSubjectRulesReview: "1 metadata ObjectMeta, 2 spec SelfSubjectRulesReviewSpec, 3 status -",
  SelfSubjectRulesReviewSpec: "1 namespace s",
  SelfSubjectReview: "1 metadata ObjectMeta, 2 status -",
  TokenRequest: "1 metadata ObjectMeta, 2 spec TokenRequestSpec, 3 status -",
  TokenRequestSpec: "1 audiences *s, 3 boundObjectRef BoundObjectReference, 4 expirationSeconds i?",
  BoundObjectReference: "1 kind s, 2 apiVersion s, 3 name s, 4 uid s",
  TokenReview: "1 metadata ObjectMeta, 2 spec TokenReviewSpec, 3 status -",
  TokenReviewSpec: "1 token s, 2 audiences *s",
};
