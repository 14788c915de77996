/** The keys with which kube-apiserver signs and checks the tokens of ServiceAccounts. */

/** kube-apiserver signs with the private key and checks with the public one. */
export async function writeServiceAccountKeys(dir: string): Promise<void> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const privateDer = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  const publicDer = await crypto.subtle.exportKey("spki", pair.publicKey);
  await Deno.writeTextFile(`${dir}/service-account.key`, pem("PRIVATE KEY", privateDer), { mode: 0o600 });
  await Deno.writeTextFile(`${dir}/service-account.pub`, pem("PUBLIC KEY", publicDer));
}

function pem(label: string, der: ArrayBuffer): string {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(der))).replace(/(.{64})/g, "$1\n");
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}
