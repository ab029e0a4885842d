/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of HTTP servers, and frames of a WebSocket's. */
#include "seeds.h"

#define SEED(target, text) put(target, text, sizeof(text) - 1)
#define HEAD(text)         SEED("http", text)
#define FRAMES(text)       SEED("websocket", text)
#define LINE               "HTTP/1.1 101 Switching Protocols\r\n"

void
seed_http(void)
{
    static char long_one[4100] = LINE "A: ";

    HEAD(LINE "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
              "Sec-WebSocket-Protocol: amqp\r\n\r\n\x82\x05Hello");
    HEAD("HTTP/1.0 200 Connection established\r\nProxy-agent: tinyproxy/1.11.1\r\n\r\n");
    HEAD("HTTP/1.1 407\r\nProxy-Authenticate: Basic realm=\"a\"\r\nConnection:\tupgrade \r\n\r\n");
    HEAD("HTTP/1.1 100 \r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
    HEAD(LINE "Connection: a,, b\r\nCONNECTION: upgrade\r\nAccept: x\r\n");
    HEAD(LINE "A: b\r\n folded\r\n\r\n");
    HEAD(LINE "A : b\r\n\r\n");
    HEAD(LINE "A: b\n\n");
    HEAD(LINE "A: b\rc\r\n\r\n");
    HEAD(LINE "A: b\x7f");
    HEAD("HTTP/1.1 999 OK\r\n\r\n");
    HEAD("HTTP/2 200\r\n\r\n");
    HEAD("SSH-2.0-OpenSSH_9.2\r\n");
    memset(long_one + strlen(long_one), 'x', sizeof(long_one) - strlen(long_one));
    SEED("http", long_one);
}

void
seed_websocket(void)
{
    FRAMES("\xff\x82\x05Hello\x88\x02\x03\xe8");
    FRAMES("\x00\x02\x01H\x89\x05Hello\x00\x00\x80\x04" "ello\x88\x00");
    FRAMES("\xff\x82\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    FRAMES("\xff\x81\x05Hello");
    FRAMES("\xff\x80\x01x");
    FRAMES("\xff\x02\x01x\x82\x01x");
    FRAMES("\xff\xc2\x01x");
    FRAMES("\xff\x83\x01x");
    FRAMES("\xff\x09\x01x");
    FRAMES("\xff\x8a\x01x\x82\x7e\x00\x7ex");
    FRAMES("\xff\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00x");
    FRAMES("\xff\x82\x7f\x00\x00\x00\x00\x00\x10\x00\x01x");
    FRAMES("\xff\x88\x01\x03");
    FRAMES("\xff\x88\x02\x03\xed");
    FRAMES("\xff\x88\x06\x0f\xa0time");
}
