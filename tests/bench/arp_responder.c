/*
 * The peer of the ARP benchmark: answers ARP for one address with epoll, recv and send, the same system calls, socket
 * options and kernel filter as our data plane, with nothing around them.
 *
 * usage: arp_responder <interface> <IPv4 address>; says "ready" when it answers; ends with SIGTERM.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

static void die(const char *call) {
  perror(call);
  exit(1);
}

static int open_socket(const char *name, unsigned char *mac) {
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) die("socket");

  struct sock_filter code[] = {
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, SKF_AD_OFF + SKF_AD_PKTTYPE},
      {BPF_JMP | BPF_JEQ | BPF_K, 2, 0, PACKET_OTHERHOST},
      {BPF_LD | BPF_H | BPF_ABS, 0, 0, 20},
      {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARPOP_REQUEST},
      {BPF_RET | BPF_K, 0, 0, 0},
      {BPF_RET | BPF_K, 0, 0, 0xffff},
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0) die("SO_ATTACH_FILTER");
  int on = 1;
  setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);

  struct ifreq request = {0};
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (ioctl(fd, SIOCGIFHWADDR, &request) < 0) die("SIOCGIFHWADDR");
  memcpy(mac, request.ifr_hwaddr.sa_data, ETH_ALEN);

  struct sockaddr_ll address = {0};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ARP);
  address.sll_ifindex = (int)if_nametoindex(name);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  unsigned char mac[ETH_ALEN];
  int fd = open_socket(argv[1], mac);
  unsigned char vip[4];
  if (inet_pton(AF_INET, argv[2], vip) != 1) return 2;

  int poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
  puts("ready");
  fflush(stdout);

  unsigned char frame[2048], reply[60] = {0};
  for (;;) {
    if (epoll_wait(poller, &event, 1, -1) < 1) continue;
    for (;;) {
      ssize_t length = recv(fd, frame, sizeof frame, 0);
      if (length < 0) break;
      struct ether_header *ethernet = (struct ether_header *)frame;
      struct ether_arp *request = (struct ether_arp *)(frame + ETH_HLEN);
      if (length < 42 || ethernet->ether_type != htons(ETHERTYPE_ARP)) continue;
      if (request->ea_hdr.ar_hln != ETH_ALEN || request->ea_hdr.ar_pln != 4) continue;
      if (request->ea_hdr.ar_op != htons(ARPOP_REQUEST) || memcmp(request->arp_tpa, vip, 4) != 0) continue;

      struct ether_header *out = (struct ether_header *)reply;
      memcpy(out->ether_dhost, request->arp_sha, ETH_ALEN);
      memcpy(out->ether_shost, mac, ETH_ALEN);
      out->ether_type = htons(ETHERTYPE_ARP);
      struct ether_arp *answer = (struct ether_arp *)(reply + ETH_HLEN);
      answer->ea_hdr = request->ea_hdr;
      answer->ea_hdr.ar_op = htons(ARPOP_REPLY);
      memcpy(answer->arp_sha, mac, ETH_ALEN);
      memcpy(answer->arp_spa, vip, 4);
      memcpy(answer->arp_tha, request->arp_sha, ETH_ALEN);
      memcpy(answer->arp_tpa, request->arp_spa, 4);
      send(fd, reply, sizeof reply, 0);
    }
  }
}
