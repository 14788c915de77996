/*
 * Measures who answers ARP for an address.
 *
 * usage: arp_prober <interface> <IPv4 address> latency <requests> <spacing in us>
 *          one request outstanding; prints {"p50us","p99us","maxUs","lost"}
 *        arp_prober <interface> <IPv4 address> flood <milliseconds>
 *          as many as leave, 64 for each sendmmsg; prints {"sent","answered","ms"}
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

enum { BATCH = 64, FRAME = 60 };

static unsigned char request[FRAME], vip[4];

static void die(const char *call) {
  perror(call);
  exit(1);
}

static double now_us(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1e6 + at.tv_nsec / 1e3;
}

static int open_socket(const char *name) {
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket");
  struct sock_filter code[] = {
      {BPF_LD | BPF_H | BPF_ABS, 0, 0, 20},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, ARPOP_REPLY},
      {BPF_RET | BPF_K, 0, 0, 0xffff},
      {BPF_RET | BPF_K, 0, 0, 0},
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0) die("SO_ATTACH_FILTER");
  int on = 1, size = 64 << 20;
  setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);

  struct ifreq ifreq = {0};
  strncpy(ifreq.ifr_name, name, IFNAMSIZ - 1);
  if (ioctl(fd, SIOCGIFHWADDR, &ifreq) < 0) die("SIOCGIFHWADDR");
  memset(request, 0xff, ETH_ALEN);
  memcpy(request + 6, ifreq.ifr_hwaddr.sa_data, ETH_ALEN);
  static const unsigned char head[] = {0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, ARPOP_REQUEST};
  memcpy(request + 12, head, sizeof head);
  memcpy(request + 22, ifreq.ifr_hwaddr.sa_data, ETH_ALEN);
  static const unsigned char source[] = {192, 0, 2, 1};
  memcpy(request + 28, source, sizeof source);
  memcpy(request + 38, vip, sizeof vip);

  struct sockaddr_ll address = {0};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ARP);
  address.sll_ifindex = (int)if_nametoindex(name);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
  return fd;
}

static int is_answer(const unsigned char *frame, ssize_t length) {
  return length >= 42 && memcmp(frame + 28, vip, 4) == 0 && memcmp(frame, request + 6, ETH_ALEN) == 0;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void latency(int fd, int count, double spacing_us) {
  double *took = calloc((size_t)count, sizeof *took);
  unsigned char frame[2048];
  int seen = 0, lost = 0;
  for (int index = 0; index < count; index++) {
    struct timespec gap = {0, (long)(spacing_us * 1e3)};
    nanosleep(&gap, NULL);
    double start = now_us();
    if (send(fd, request, FRAME, 0) < 0) die("send");
    for (;;) {
      struct pollfd waiting = {fd, POLLIN, 0};
      if (poll(&waiting, 1, 1000) <= 0) {
        lost++;
        break;
      }
      if (is_answer(frame, recv(fd, frame, sizeof frame, 0))) {
        took[seen++] = now_us() - start;
        break;
      }
    }
  }
  qsort(took, (size_t)seen, sizeof *took, ascending);
  if (seen == 0) die("no answer");
  printf("{\"p50us\":%.1f,\"p99us\":%.1f,\"maxUs\":%.1f,\"lost\":%d}\n", took[seen / 2], took[seen * 99 / 100],
         took[seen - 1], lost);
}

static long drain(int fd) {
  static unsigned char frames[BATCH][256];
  static struct mmsghdr messages[BATCH];
  static struct iovec vectors[BATCH];
  long answered = 0;
  for (;;) {
    for (int index = 0; index < BATCH; index++) {
      vectors[index] = (struct iovec){frames[index], sizeof frames[index]};
      messages[index].msg_hdr = (struct msghdr){.msg_iov = &vectors[index], .msg_iovlen = 1};
    }
    int got = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
    if (got <= 0) return answered;
    for (int index = 0; index < got; index++) answered += is_answer(frames[index], messages[index].msg_len);
  }
}

static void flood(int fd, double duration_ms) {
  struct mmsghdr messages[BATCH];
  struct iovec vector = {request, FRAME};
  memset(messages, 0, sizeof messages);
  for (int index = 0; index < BATCH; index++) {
    messages[index].msg_hdr.msg_iov = &vector;
    messages[index].msg_hdr.msg_iovlen = 1;
  }
  long sent = 0, answered = 0;
  double start = now_us();
  while (now_us() - start < duration_ms * 1e3) {
    int left = sendmmsg(fd, messages, BATCH, 0);
    if (left > 0) sent += left;
    answered += drain(fd);
  }
  double ms = (now_us() - start) / 1e3;
  struct pollfd waiting = {fd, POLLIN, 0};
  while (poll(&waiting, 1, 100) > 0) answered += drain(fd);
  printf("{\"sent\":%ld,\"answered\":%ld,\"ms\":%.1f}\n", sent, answered, ms);
}

int main(int argc, char **argv) {
  if (argc < 5 || inet_pton(AF_INET, argv[2], vip) != 1) return 2;
  int fd = open_socket(argv[1]);
  if (strcmp(argv[3], "latency") == 0 && argc == 6) latency(fd, atoi(argv[4]), atof(argv[5]));
  else if (strcmp(argv[3], "flood") == 0) flood(fd, atof(argv[4]));
  else return 2;
  return 0;
}
