// Debian's libcurl on OpenSSL carries GnuTLS along, for RTMP, which this command does not speak. Just by being loaded GnuTLS
// sets itself up, which costs every start 0.9 MB and half a millisecond. It leaves that out where the program has this function
// (GNUTLS_SKIP_GLOBAL_INIT of gnutls/gnutls.h). A libcurl that is built on GnuTLS sets it up itself.
extern "C" __attribute__((visibility("default"))) int _gnutls_global_init_skip() { return 1; }
