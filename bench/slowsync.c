/* Stretches every sync to at least SLOWSYNC_MS milliseconds, so that figures of machines with fast
 * and slow disks can be compared. Preload it: LD_PRELOAD=./slowsync.so SLOWSYNC_MS=4 program */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void stretch(const struct timespec *began) {
    const char *text = getenv("SLOWSYNC_MS");
    long wanted = (text ? atol(text) : 4) * 1000000L;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long passed = (now.tv_sec - began->tv_sec) * 1000000000L + now.tv_nsec - began->tv_nsec;
    if (passed < wanted) {
        struct timespec rest = {0, wanted - passed};
        nanosleep(&rest, NULL);
    }
}

#define SLOW(name)                                                     \
    int name(int fd) {                                                 \
        static int (*real)(int);                                       \
        if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, #name);       \
        struct timespec began;                                         \
        clock_gettime(CLOCK_MONOTONIC, &began);                        \
        int done = real(fd);                                           \
        stretch(&began);                                               \
        return done;                                                   \
    }

SLOW(fsync)
SLOW(fdatasync)
