//! The same over a socket: what hyper makes of our answers is what a caller sees.

use std::time::Duration;

use poem::Server;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::tests::endpoint;
use crate::acceptor::{IDLE_TIMEOUT, SteadyAcceptor};

struct Running {
    address: std::net::SocketAddr,
    stop: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
}

async fn start() -> Running {
    let acceptor = SteadyAcceptor::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = acceptor.address();
    let stop = CancellationToken::new();
    let signal = stop.clone().cancelled_owned();
    let server = Server::new_with_acceptor(acceptor).idle_timeout(IDLE_TIMEOUT);
    let server = tokio::spawn(async move {
        server
            .run_with_graceful_shutdown(endpoint(1000), signal, Some(Duration::from_secs(5)))
            .await
    });
    Running { address, stop, server }
}

impl Running {
    /// Sends bytes as they are, answers all that comes back until the server closes.
    async fn say(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // The server may answer and close before it has heard everything.
        let _ = stream.write_all(request).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }

    async fn stop(self) {
        self.stop.cancel();
        self.server.await.unwrap().unwrap();
    }
}

fn request(line: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("{line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}\r\n{body}").into_bytes()
}

#[tokio::test]
async fn head_and_get_agree_on_the_wire() {
    let server = start().await;
    let get = server.say(&request("GET /v1/things/1", "", "")).await;
    let head = server.say(&request("HEAD /v1/things/1", "", "")).await;
    assert!(get.starts_with("HTTP/1.1 200 OK\r\n"), "{get}");
    assert!(get.contains("content-length: 14\r\n") && get.ends_with("{\"name\":\"One\"}"), "{get}");
    assert!(head.contains("content-length: 14\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    server.stop().await;
}

#[tokio::test]
async fn chunks_without_end_are_cut_off() {
    let server = start().await;
    let mut chunks = String::new();
    for _ in 0..200 {
        chunks.push_str("3e8\r\n");
        chunks.push_str(&" ".repeat(1000));
        chunks.push_str("\r\n");
    }
    let headers = "content-type: application/json\r\ntransfer-encoding: chunked\r\n";
    let answer = server.say(&request("POST /v1/things", headers, &chunks)).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("application/problem+json") && answer.contains("body_too_large"));
    server.stop().await;
}

#[tokio::test]
async fn doubled_and_strange_headers() {
    let server = start().await;
    let twice = request("GET /v1/things/1", "authorization: a\r\nauthorization: b\r\n", "");
    assert!(server.say(&twice).await.contains("duplicate_header"));
    let hosts = request("GET /v1/things/1", "host: b\r\n", "");
    assert!(server.say(&hosts).await.contains("duplicate_header"));
    let mut strange = b"GET /v1/things/1 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n".to_vec();
    strange.extend(b"user-agent: caf\xe9\r\n\r\n");
    assert!(server.say(&strange).await.contains("bad_header"));
    server.stop().await;
}

#[tokio::test]
async fn hanging_up_hurts_nobody() {
    let server = start().await;
    for _ in 0..50 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let half = "POST /v1/things HTTP/1.1\r\nhost: a\r\ncontent-length: 90\r\n\
                    content-type: application/json\r\n\r\n{\"na";
        stream.write_all(half.as_bytes()).await.unwrap();
        drop(stream);
    }
    let answer = server.say(&request("GET /v1/things/1", "", "")).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn websockets_pass() {
    let server = start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let hello = "GET /echo HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                 sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    stream.write_all(hello.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
    // A text frame, masked with zeros as a client must, comes back unmasked.
    stream.write_all(b"\x81\x82\0\0\0\0hi").await.unwrap();
    let mut frame = [0; 4];
    stream.read_exact(&mut frame).await.unwrap();
    assert_eq!(&frame, b"\x81\x02hi");
    drop(stream);
    server.stop().await;
}
