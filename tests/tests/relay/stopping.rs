//! After stop nothing is left: no socket, no task, no lock, and the port is free.

use snug_relay::{Config, Relay, StartError, wire::ErrorCode};
use snug_tests::TestRelay;
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
async fn guests_are_told_and_the_port_is_free() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let mut unjoined = relay.connect().await;
    let idle = TcpStream::connect(relay.addr()).await.unwrap();
    let (addr, _data) = relay.stop().await;
    for client in [&mut mina, &mut jun, &mut unjoined] {
        assert_eq!(client.is_refused().await, ErrorCode::Stopping);
        assert_eq!(client.is_closed().await, Some(1001));
    }
    assert!(TcpStream::connect(addr).await.is_err(), "nothing listens any more");
    TcpListener::bind(addr).await.expect("the port is free");
    drop(idle);
}

#[tokio::test]
async fn it_stops_even_while_someone_does_not_read() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let _stalled = relay.join("Stalled").await;
    let text = "x".repeat(16 * 1024);
    for _ in 0..60 {
        mina.says_often(&text, 10).await;
    }
    let (addr, _data) = relay.stop().await;
    TcpListener::bind(addr).await.expect("the port is free");
}

#[tokio::test]
async fn what_was_acknowledged_before_is_there_after() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    for number in 1..=30 {
        mina.says(&format!("{number}")).await;
    }
    let relay = relay.restart().await;
    assert_eq!(relay.join("Jun").await.welcome.unwrap().head, 30);
}

#[tokio::test]
async fn the_link_is_the_same_when_the_room_is_served_again() {
    let relay = TestRelay::start().await;
    let link = relay.invite.link(relay.addr());
    let relay = relay.restart().await;
    assert_eq!(relay.invite.link(relay.addr()), link);
}

async fn start_in(path: &std::path::Path) -> Result<(), StartError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let addr = listener.local_addr().unwrap();
    let started = Relay::start(Config::new(path), listener).await;
    match started {
        Ok(relay) => {
            relay.stop().await;
            Ok(())
        }
        Err(error) => {
            assert!(TcpStream::connect(addr).await.is_err(), "a relay that did not start does not listen");
            assert!(error.to_string().contains(&*path.to_string_lossy()), "the error says where: {error}");
            Err(error)
        }
    }
}

#[tokio::test]
async fn a_directory_in_use_is_refused_by_name() {
    let relay = TestRelay::start().await;
    assert!(matches!(start_in(relay.data()).await, Err(StartError::DataInUse { .. })));
    let mut mina = relay.join("Mina").await;
    mina.says("the first one is not disturbed").await;
}

#[tokio::test]
async fn a_directory_that_can_not_be_written_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a-file");
    std::fs::write(&file, "not a directory").unwrap();
    assert!(matches!(start_in(&file.join("below")).await, Err(StartError::DataNotWritable { .. })));
    // Permissions stop no one who is root; a file system without writing does.
    assert!(matches!(start_in(std::path::Path::new("/proc/snug")).await, Err(StartError::DataNotWritable { .. })));
}

#[tokio::test]
async fn a_database_that_is_no_database_is_refused_by_name_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("snug.db");
    std::fs::write(&file, vec![b'x'; 10_000]).unwrap();
    assert!(matches!(start_in(directory.path()).await, Err(StartError::DataForeign { .. })));
    assert_eq!(std::fs::read(&file).unwrap(), vec![b'x'; 10_000]);

    // Somebody else's database is no database of ours either.
    std::fs::remove_file(&file).unwrap();
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("CREATE TABLE room (something TEXT); PRAGMA user_version = 99").unwrap();
    drop(other);
    assert!(matches!(start_in(directory.path()).await, Err(StartError::DataForeign { .. })));
}
