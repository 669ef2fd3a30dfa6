use std::time::Duration;

use futures_util::FutureExt;
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::{
    config::Limits,
    invite::Secret,
    log::{Database, Draft, NewRoom, Receipts},
    wire::{Body, Door, Message},
};

struct Bench {
    _directory: tempfile::TempDir,
    database: Database,
    log: Log,
    delivery: Delivery,
    stop: CancellationToken,
    reader: TcpStream,
    writer: Arc<TcpStream>,
}

async fn bench() -> Bench {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let database = Database::open(directory.path(), &Limits::DEFAULT).expect("the directory is writable");
    let room = NewRoom { id: "r".into(), name: "Den".into(), secret: Secret::random(), door: Door::Closed };
    let room = database.create_room(room).await.expect("a room can be made");
    let log = database.log(&room).await.expect("the log can be read");
    let stop = CancellationToken::new();
    let delivery = Delivery::start(&log, &TaskTracker::new(), &stop);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let reader = TcpStream::connect(listener.local_addr().expect("bound")).await.expect("it listens");
    let (writer, _) = listener.accept().await.expect("it was connected to");
    Bench { _directory: directory, database, log, delivery, stop, reader, writer: Arc::new(writer) }
}

impl Bench {
    async fn say(&self, id: &str, receipts: &Receipts) {
        let body = Body::Message(Message { text: id.to_owned(), ..Message::default() });
        let draft = Draft {
            member: "m",
            nickname: "Mina",
            host: false,
            id: id.into(),
            body: &body,
            taken: None,
            decided: None,
        };
        let mut head = self.log.head();
        self.log.append(draft, receipts).await.expect("the writer runs");
        head.changed().await.expect("it is committed");
    }

    /// What comes next, within a while.
    async fn hears(&mut self) -> String {
        let mut heard = vec![0; 64 * 1024];
        let reading = tokio::time::timeout(Duration::from_millis(300), self.reader.read(&mut heard)).await;
        heard.truncate(reading.map_or(0, |read| read.expect("it is open")));
        String::from_utf8_lossy(&heard).into_owned()
    }

    async fn end(self) {
        self.stop.cancel();
        self.database.close().await;
    }
}

#[tokio::test]
async fn only_who_has_it_all_is_left_to_the_passes() {
    let mut bench = bench().await;
    let following = bench.delivery.follow(bench.writer.clone(), 0);
    bench.say("one", &Receipts::default()).await;
    // The pass has been, and it was held: nobody else would bring what is missing.
    assert!(!following.release(0, &bench.log), "one event is missing");
    assert_eq!(bench.hears().await, "");
    assert!(following.release(1, &bench.log));
    bench.say("two", &Receipts::default()).await;
    assert!(bench.hears().await.contains(r#""seq":2"#));
    assert_eq!(following.hold().0, 2);
    bench.say("three", &Receipts::default()).await;
    assert_eq!(bench.hears().await, "", "its session holds it");
    bench.end().await;
}

#[tokio::test]
async fn what_is_said_before_the_first_pass_is_not_passed_over() {
    let mut bench = bench().await;
    let delivery = Delivery::start(&bench.log, &TaskTracker::new(), &bench.stop);
    let following = delivery.follow(bench.writer.clone(), 0);
    assert!(following.release(0, &bench.log));
    let receipts = Receipts::default();
    let body = Body::Message(Message { text: "early".into(), ..Message::default() });
    let draft = Draft {
        member: "m",
        nickname: "Mina",
        host: false,
        id: "early".into(),
        body: &body,
        taken: None,
        decided: None,
    };
    bench.log.append(draft, &receipts).now_or_never().expect("the queue is empty").expect("the disk works");
    // The passes' task is on this thread, the writer isn't.
    while *bench.log.head().borrow() == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(bench.hears().await.contains("early"));
    bench.end().await;
}

#[tokio::test]
async fn whoever_takes_no_more_shares_what_is_left_and_is_acknowledged_by_its_session() {
    let bench = bench().await;
    let following = bench.delivery.follow(bench.writer.clone(), 0);
    assert!(following.release(0, &bench.log));
    bench.writer.writable().await.expect("it is open");
    while bench.writer.try_write(&[b'x'; 64 * 1024]).is_ok() {}
    let long = "long".repeat(10_000);
    bench.say(&long, following.receipts()).await;
    tokio::time::timeout(Duration::from_secs(5), following.woken()).await.expect("its session is woken");
    let (cursor, rest) = following.hold();
    assert!(cursor == 1 && rest.ends_with(b"]}}"), "what is left of the event");
    assert!(!String::from_utf8_lossy(&rest).contains(r#""type":"ack""#), "and nothing besides");
    assert_eq!(following.receipts().take(cursor).len(), 1, "that is left to the session");
    bench.end().await;
}

#[tokio::test]
async fn whoever_sent_it_is_told_right_after_it() {
    let mut bench = bench().await;
    let following = bench.delivery.follow(bench.writer.clone(), 0);
    assert!(following.release(0, &bench.log));
    bench.say("one", following.receipts()).await;
    let heard = bench.hears().await;
    let (event, ack) = (heard.find(r#""type":"events""#), heard.find(r#"{"id":"one","seq":1}"#));
    assert!(event.is_some() && event < ack, "{heard}");
    assert!(following.takes_more(1) && !following.calls());
    // Once more: no pass comes for it.
    let body = Body::Message(Message { text: "one".into(), ..Message::default() });
    let draft =
        Draft { member: "m", nickname: "Mina", host: false, id: "one".into(), body: &body, taken: None, decided: None };
    bench.log.append(draft, following.receipts()).await.expect("the writer runs");
    assert!(!following.takes_more(1));
    tokio::time::timeout(Duration::from_secs(5), following.woken()).await.expect("its session is woken");
    assert!(following.calls());
    bench.end().await;
}
