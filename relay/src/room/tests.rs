//! Moments that are over too soon for a story over sockets, held still.

use std::{net::Ipv4Addr, path::Path};

use tokio::net::TcpListener;

use super::*;
use crate::{
    config::Config,
    relay::{Relay, RelayHandle},
    wire::Order,
};

/// A relay with one room in `directory`, and that room.
pub(crate) async fn served(directory: &Path) -> (RelayHandle, Arc<Room>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let relay = Relay::start(Config::new(directory), listener).await.expect("the directory is writable");
    let invite = relay.create_room("Den", false).await.expect("a room can be made");
    let room = relay.room(&invite.room).expect("it is served");
    (relay, room)
}

fn here() -> Source {
    crate::source::tests::from("127.0.0.1")
}

/// Somebody who comes with the link, or as the host with its key.
pub(crate) async fn comes(room: &Room, device: &str, host: bool) -> Seat {
    let key = room.door.host_key().to_string();
    let secret = Some(room.door.secret().to_string());
    let join = Join { device: Some(device.into()), secret, host: host.then_some(key), ..Join::default() };
    match room.enter(join, None, here()).await {
        Ok(Answer::In(entrance)) => entrance.seat,
        Ok(Answer::Waits(_)) => panic!("waits at the door"),
        Err(error) => panic!("{error:?}"),
    }
}

/// Lets a device in, and only after something was ordered has it sit down; what becomes of that, and who did it.
async fn is_let_in_and_then(
    room: &Room,
    host: &Seat,
    device: &str,
    order: impl FnOnce(String) -> Order,
) -> Result<Entrance, (ErrorCode, Option<String>)> {
    let (member, secret) = (room.member_of(device).expect("a token"), room.door.secret().to_string());
    let asking = Asking { member: &member, nickname: Some("Jun"), secret: Some(&secret), host: None, from: here() };
    let Ok(Way::In { host: as_host }) = room.door.ask(asking).await else { panic!("isn't let in") };
    room.order(host, order(member.clone())).await.expect("the disk works");
    let visitor = Visitor { member: member.clone(), nickname: None, minted: None, since: None, known: true };
    let seated = room.take_seat(visitor, as_host).await;
    assert_eq!(room.presence.restraint(&member).is_some(), seated.is_ok());
    seated.map_err(|error| (error.code, error.by))
}

#[tokio::test]
async fn what_is_decided_about_somebody_between_being_let_in_and_sitting_down_holds() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (relay, room) = served(directory.path()).await;
    let host = comes(&room, "the-device-of-the-host", true).await;
    let meanwhile = |device: &'static str, order: fn(String) -> Order| is_let_in_and_then(&room, &host, device, order);

    host.rename("Mina".into());
    let by = Some("Mina".to_owned());
    let one = "a-device-of-somebodys";
    let muted = meanwhile(one, |member| Order::Mute { member, on: true }).await.expect("may read");
    assert!(muted.seat.restraint.is_muted());
    muted.seat.leave_for_good();
    // What is known of them then is that they are muted, and that is no seat.
    assert_eq!(meanwhile(one, |member| Order::Remove { member }).await.err(), Some((ErrorCode::Removed, by.clone())));
    let heard = meanwhile(one, |member| Order::Mute { member, on: false }).await.expect("may speak");
    assert!(!heard.seat.restraint.is_muted());
    heard.seat.leave_for_good();
    assert_eq!(meanwhile(one, |member| Order::Remove { member }).await.err(), Some((ErrorCode::Removed, by.clone())));
    assert_eq!(
        meanwhile(one, |member| Order::Ban { member, new_link: false }).await.err(),
        Some((ErrorCode::Banned, by))
    );

    // Nobody sits there as what they aren't any more, or aren't yet.
    let other = "a-device-of-another";
    let appointed = meanwhile(other, |member| Order::Appoint { member, on: true }).await;
    assert_eq!(appointed.err(), Some((ErrorCode::ComeAgain, None)));
    assert!(comes(&room, other, false).await.host);
    let dismissed = meanwhile(other, |member| Order::Appoint { member, on: false }).await;
    assert_eq!(dismissed.err(), Some((ErrorCode::ComeAgain, None)));
    assert!(!comes(&room, other, false).await.host);
    relay.stop().await;
}

#[tokio::test]
async fn who_is_dismissed_while_waiting_for_the_turn_decides_nothing() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (relay, room) = served(directory.path()).await;
    let host = comes(&room, "the-device-of-the-host", true).await;
    let device = "a-device-of-somebodys";
    let guest = comes(&room, device, false).await;
    let member = guest.member().to_owned();
    room.order(&host, Order::Appoint { member: member.clone(), on: true }).await.expect("the disk works");
    guest.leave_for_good();
    let other = comes(&room, device, false).await;
    assert!(other.host);
    let turn = room.door.turn().await;
    let (dismissed, decided, ()) = tokio::join!(
        room.order(&host, Order::Appoint { member, on: false }),
        room.order(&other, Order::Slow { every_ms: 1000 }),
        async { drop(turn) },
    );
    assert!(dismissed.is_ok());
    assert_eq!(decided.err().map(|error| error.code), Some(ErrorCode::ComeAgain));
    assert_eq!(room.door.every_ms(), 0);
    relay.stop().await;
}
