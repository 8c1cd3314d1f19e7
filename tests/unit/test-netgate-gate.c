// SPDX-License-Identifier: MIT
/* The gate as a guest sees it, frame by frame: what answers, what does not. */
// uses: tools/netgate/gate.c
// uses: tools/netgate/ending.c
// uses: tools/netgate/addr.c
// uses: tools/netgate/frames.c
// uses: tools/netgate/polls.c
// uses: tools/netgate/relay.c
// needs: slirp
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/netgate/frames.h"
#include "../../tools/netgate/gate.h"
#include "../../tools/netgate/relay.h"
#include "cleanup.h"
#include "unixlisten.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

struct world {
	char dir[64], gate[80], proxy[80], forward[80];
	int proxy_fd, fd;
	pid_t pid;
	struct frames_in in;
};

struct packet {
	struct ether_header eth;
	struct iphdr ip;
	union {
		struct tcphdr tcp;
		struct udphdr udp;
	} l4;
	uint8_t data[300];
} __attribute__((packed));

static const uint8_t me[] = { 0x52, 0x54, 0, 1, 2, 3 };
static const uint8_t gate_mac[] = { 0x52, 0x55, 10, 0, 2, 2 };

static void run_gate(const struct world *w, int ready)
{
	struct proxy p = { 0 };
	struct forward f;
	char spec[128], forward[128];
	struct gate_config cfg = { .socket = w->gate,
		.proxies = &p,
		.proxy_count = 1,
		.forwards = &f,
		.forward_count = 1,
		.ready_fd = ready };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(spec, sizeof(spec), "10.0.2.4:3142=%s", w->proxy);
	cfg.out = fdopen(null, "w");
	snprintf(forward, sizeof(forward), "%s:22", w->forward);
	if (forward_parse(forward, &f) || proxy_parse(spec, &p) ||
		cidr_parse("10.0.2.0/24", &cfg.net))
		_exit(9);
	cfg.host = cidr_host(&cfg.net, 2);
	cfg.guest = cidr_host(&cfg.net, 15);
	_exit(gate_run(&cfg) != 0);
}

static int dial(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(un.sun_path, path);
	if (connect(fd, (struct sockaddr *)&un, sizeof(un)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	int ready[2];
	char buf[8];

	strcpy(w->dir, "/tmp/seedbed-gate.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->gate, sizeof(w->gate), "%s/gate", w->dir);
	snprintf(w->proxy, sizeof(w->proxy), "%s/proxy", w->dir);
	snprintf(w->forward, sizeof(w->forward), "%s/forward", w->dir);
	w->proxy_fd = unix_listen(w->proxy);
	assert_true(w->proxy_fd >= 0);
	assert_int_equal(pipe(ready), 0);
	w->pid = fork();
	if (w->pid == 0)
		run_gate(w, ready[1]);
	close(ready[1]);
	assert_int_equal(read(ready[0], buf, sizeof(buf)), 6);
	close(ready[0]);
	w->fd = dial(w->gate);
	assert_true(w->fd >= 0);
	*state = w;
	return 0;
}

/* The gate ends with its guest, and leaves nothing. */
static int tear_down(void **state)
{
	struct world *w = *state;
	int status;

	close(w->fd);
	assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
	close(w->proxy_fd);
	unlink(w->proxy);
	assert_int_equal(rmdir(w->dir), 0);
	free(w);
	return 0;
}

static void send_frame(const struct world *w, const void *frame, size_t n)
{
	struct frames_out out = { 0 };

	assert_int_equal(frames_put(&out, frame, n), 0);
	assert_int_equal(frames_flush(&out, w->fd), 0);
	frames_out_free(&out);
}

/* The next frame within ms, or NULL. */
static const struct packet *get_frame(struct world *w, int ms, int *n)
{
	const uint8_t *frame;
	size_t room;

	while ((*n = frames_next(&w->in, &frame)) == 0) {
		struct pollfd p = { .fd = w->fd, .events = POLLIN };
		uint8_t *at = frames_room(&w->in, &room);
		ssize_t got;

		if (poll(&p, 1, ms) <= 0)
			return NULL;
		got = recv(w->fd, at, room, 0);
		assert_true(got > 0);
		frames_came(&w->in, (size_t)got);
	}
	assert_true(*n > 0);
	return (const struct packet *)frame;
}

static uint16_t sum(const void *data, size_t n, uint32_t start)
{
	const uint8_t *p = data;
	uint32_t s = start;

	for (size_t i = 0; i < n; i++)
		s += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return htons((uint16_t)~s);
}

static size_t make_ip(struct packet *p, const char *to, int protocol, size_t payload)
{
	const size_t n = sizeof(p->ip) + payload;

	memcpy(p->eth.ether_dhost, gate_mac, 6);
	memcpy(p->eth.ether_shost, me, 6);
	p->eth.ether_type = htons(ETHERTYPE_IP);
	p->ip.version = 4;
	p->ip.ihl = 5;
	p->ip.ttl = 64;
	p->ip.tot_len = htons((uint16_t)n);
	p->ip.protocol = (uint8_t)protocol;
	p->ip.saddr = inet_addr("10.0.2.15");
	p->ip.daddr = inet_addr(to);
	p->ip.check = sum(&p->ip, sizeof(p->ip), 0);
	return sizeof(p->eth) + n;
}

static uint16_t guest_port = 40000;

static void send_tcp(const struct world *w, const char *to, int port, int flags,
	uint32_t seq, uint32_t ack)
{
	struct packet p = { 0 };
	struct {
		uint32_t a, b;
		uint16_t proto, len;
		struct tcphdr tcp;
	} __attribute__((packed)) pseudo;
	size_t n;

	p.l4.tcp.source = htons(guest_port);
	p.l4.tcp.dest = htons((uint16_t)port);
	p.l4.tcp.seq = htonl(seq);
	p.l4.tcp.ack_seq = htonl(ack);
	p.l4.tcp.doff = 5;
	p.l4.tcp.th_flags = (uint8_t)flags;
	p.l4.tcp.window = htons(8192);
	n = make_ip(&p, to, IPPROTO_TCP, sizeof(p.l4.tcp));
	pseudo.a = p.ip.saddr;
	pseudo.b = p.ip.daddr;
	pseudo.proto = htons(IPPROTO_TCP);
	pseudo.len = htons(sizeof(p.l4.tcp));
	pseudo.tcp = p.l4.tcp;
	p.l4.tcp.check = sum(&pseudo, sizeof(pseudo), 0);
	send_frame(w, &p, n);
}

/*
 * A handshake from a new port. TH_SYN: it was done; TH_RST: it was refused; 0:
 * no answer within ms.
 */
static int handshake(struct world *w, const char *to, int port, int ms)
{
	const struct packet *got;
	int len;

	guest_port++;
	send_tcp(w, to, port, TH_SYN, 1000, 0);
	while ((got = get_frame(w, ms, &len))) {
		if (got->eth.ether_type != htons(ETHERTYPE_IP) ||
			got->ip.protocol != IPPROTO_TCP ||
			got->l4.tcp.dest != htons(guest_port))
			continue;
		if (!got->l4.tcp.syn)
			return TH_RST;
		send_tcp(w, to, port, TH_ACK, 1001, ntohl(got->l4.tcp.seq) + 1);
		return TH_SYN;
	}
	return 0;
}

/* libslirp asks who has the guest's address before it says anything to it. */
static void hello(struct world *w)
{
	uint8_t arp[42] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const uint8_t *got;
	int n;

	memcpy(arp + 6, me, 6);
	memcpy(arp + 12, "\x08\x06\0\1\x08\0\6\4\0\1", 10);
	memcpy(arp + 22, me, 6);
	memcpy(arp + 28, "\x0a\0\2\x0f", 4);
	memcpy(arp + 38, "\x0a\0\2\2", 4);
	send_frame(w, arp, sizeof(arp));
	do {
		got = (const uint8_t *)get_frame(w, 5000, &n);
		assert_non_null(got);
	} while (memcmp(got + 12, "\x08\x06", 2) != 0 || got[21] != 2);
	assert_memory_equal(got + 22, gate_mac, 6);
}

static void proxy_answers(void **state)
{
	struct world *w = *state;
	struct pollfd p = { .fd = w->proxy_fd, .events = POLLIN };

	hello(w);
	for (int i = 0; i < 20; i++) {
		int fd;

		assert_int_equal(handshake(w, "10.0.2.4", 3142, 5000), TH_SYN);
		assert_int_equal(poll(&p, 1, 5000), 1);
		fd = accept(w->proxy_fd, NULL, NULL);
		assert_true(fd >= 0);
		close(fd);
	}
}

/* From a socket of the host's to the guest's port, and the answer back. */
static void forward_reaches_guest(void **state)
{
	struct world *w = *state;
	const uint16_t before = guest_port;
	const struct packet *got;
	char c = 0;
	int n, fd;

	hello(w);
	fd = dial(w->forward);
	assert_true(fd >= 0);
	do {
		got = get_frame(w, 5000, &n);
		assert_non_null(got);
	} while (got->eth.ether_type != htons(ETHERTYPE_IP) ||
		 got->ip.protocol != IPPROTO_TCP || !got->l4.tcp.syn);
	assert_int_equal(ntohs(got->l4.tcp.dest), 22);
	assert_int_equal(got->ip.daddr, inet_addr("10.0.2.15"));
	/* refused by the guest: whoever called is told */
	guest_port = 22;
	send_tcp(w, "10.0.2.2", ntohs(got->l4.tcp.source), TH_RST | TH_ACK, 0,
		ntohl(got->l4.tcp.seq) + 1);
	assert_true(recv(fd, &c, 1, 0) <= 0);
	close(fd);
	guest_port = before;
}

static void nothing_else_answers(void **state)
{
	struct world *w = *state;
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	/* Something that would answer, if it could be reached. */
	assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	hello(w);
	assert_int_equal(handshake(w, "10.0.2.4", 3142, 5000), TH_SYN);
	assert_int_not_equal(handshake(w, "10.0.2.2", ntohs(a.sin_port), 300), TH_SYN);
	assert_int_not_equal(handshake(w, "10.0.2.3", ntohs(a.sin_port), 300), TH_SYN);
	assert_int_not_equal(handshake(w, "10.0.2.4", ntohs(a.sin_port), 300), TH_SYN);
	assert_int_not_equal(handshake(w, "127.0.0.1", ntohs(a.sin_port), 300), TH_SYN);
	assert_int_equal(accept(fd, NULL, NULL), -1);
	close(fd);
}

static void datagrams_go_nowhere(void **state)
{
	struct world *w = *state;
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const char *const to[] = { "10.0.2.2", "10.0.2.3", "10.0.2.4", "127.0.0.1" };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char buf[16];

	assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	hello(w);
	for (size_t i = 0; i < sizeof(to) / sizeof(*to); i++) {
		struct packet p = { 0 };
		size_t n = make_ip(&p, to[i], IPPROTO_UDP, sizeof(p.l4.udp) + 4);

		p.l4.udp.source = htons(5000);
		p.l4.udp.dest = a.sin_port;
		p.l4.udp.len = htons(sizeof(p.l4.udp) + 4);
		send_frame(w, &p, n);
	}
	/* When this has been answered, those have been dealt with. */
	assert_int_equal(handshake(w, "10.0.2.4", 3142, 5000), TH_SYN);
	assert_int_equal(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), -1);
	close(fd);
}

static void second_guest_is_refused(void **state)
{
	struct world *w = *state;
	int fd = dial(w->gate);
	char c;

	assert_true(fd >= 0);
	assert_int_equal(read(fd, &c, 1), 0);
	close(fd);
	hello(w); /* the first is not disturbed */
}

static void sockets_are_private(void **state)
{
	struct world *w = *state;
	char path[128];
	struct stat st;

	assert_int_equal(stat(w->gate, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(path, sizeof(path), "%s.0", w->gate);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void no_frames_no_guest(void **state)
{
	struct world *w = *state;
	char c;

	assert_int_equal(write(w->fd, "GET / HTTP/1.0\r\n\r\n", 18), 18);
	assert_true(read(w->fd, &c, 1) <= 0);
}

/* A guest that opens connections by the thousand must not stop its gate. */
static void flood_of_connections(void **state)
{
	struct world *w = *state;
	int answered = 0;

	hello(w);
	for (int i = 0; i < 600; i++)
		answered += handshake(w, "10.0.2.4", 3142, 2000) == TH_SYN;
	assert_true(answered >= 256);
	hello(w);
}

int main(void)
{
#define gate_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		gate_test(proxy_answers),
		gate_test(forward_reaches_guest),
		gate_test(nothing_else_answers),
		gate_test(datagrams_go_nowhere),
		gate_test(second_guest_is_refused),
		gate_test(sockets_are_private),
		gate_test(no_frames_no_guest),
		gate_test(flood_of_connections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
