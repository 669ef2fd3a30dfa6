use proptest::{collection::vec, prelude::*};
use tokio_tungstenite::tungstenite::protocol::frame::Frame as Oracle;

use super::*;

const LIMIT: usize = 100 * 1024;

/// What a client may say, in frames as tungstenite writes them.
#[derive(Debug, Clone)]
enum Said {
    /// A text, in so many pieces, with a ping between each two.
    Text(String, usize),
    Ping(Vec<u8>),
    Pong,
}

fn said() -> impl Strategy<Value = Said> {
    // Cut to what fits rather than tried again: among millions of cases proptest would give up.
    let long = ("\\PC{1,40}", 1..3000usize).prop_map(|(text, times)| text.repeat(times.min(LIMIT / text.len())));
    prop_oneof![
        4 => (prop_oneof![5 => "\\PC{0,200}", 1 => long], 1..5usize).prop_map(|(text, pieces)| Said::Text(text, pieces)),
        1 => vec(any::<u8>(), 0..=125).prop_map(Said::Ping),
        1 => Just(Said::Pong),
    ]
}

fn write(frame: Oracle, mask: [u8; 4], into: &mut Vec<u8>) {
    let mut frame = frame;
    frame.header_mut().mask = Some(mask);
    frame.format(into).expect("memory takes everything");
}

/// The bytes of what is said, and what has to be understood of them.
fn encode(said: &[Said], mask: [u8; 4]) -> (Vec<u8>, Vec<Message>) {
    let (mut bytes, mut understood) = (Vec::new(), Vec::new());
    for said in said {
        match said {
            Said::Text(text, pieces) => {
                let size = text.len().div_ceil(*pieces).max(1);
                let mut parts: Vec<_> = text.as_bytes().chunks(size).collect();
                if parts.is_empty() {
                    parts.push(&[]);
                }
                let last = parts.len() - 1;
                for (at, part) in parts.into_iter().enumerate() {
                    if at > 0 {
                        write(Oracle::ping(vec![7]), mask, &mut bytes);
                        understood.push(Message::Ping(vec![7]));
                    }
                    let opcode = OpCode::Data(if at == 0 { Data::Text } else { Data::Continue });
                    write(Oracle::message(part.to_vec(), opcode, at == last), mask, &mut bytes);
                }
                understood.push(Message::Text(text.clone().into()));
            }
            Said::Ping(payload) => {
                write(Oracle::ping(payload.clone()), mask, &mut bytes);
                understood.push(Message::Ping(payload.clone()));
            }
            Said::Pong => {
                write(Oracle::pong(vec![]), mask, &mut bytes);
                understood.push(Message::Pong);
            }
        }
    }
    (bytes, understood)
}

/// What is understood when the bytes come in pieces of these sizes, over and over.
fn understand(bytes: &[u8], sizes: &[usize]) -> Result<Vec<Message>, ErrorCode> {
    let mut incoming = Incoming::new(Vec::new(), LIMIT);
    let (mut messages, mut rest, mut sizes) = (Vec::new(), bytes, sizes.iter().cycle());
    while !rest.is_empty() {
        let (piece, later) = rest.split_at((*sizes.next().expect("sizes")).min(rest.len()));
        incoming.spare(piece.len()).extend_from_slice(piece);
        while let Some(message) = incoming.next().map_err(|error| error.code)? {
            messages.push(message);
        }
        rest = later;
    }
    Ok(messages)
}

proptest! {
    #[test]
    fn whatever_a_client_says_is_understood_however_it_is_cut(
        said in vec(said(), 0..8), mask: [u8; 4], sizes in vec(1..5000usize, 1..6),
    ) {
        let (bytes, understood) = encode(&said, mask);
        prop_assert_eq!(understand(&bytes, &sizes), Ok(understood));
    }

    #[test]
    fn no_bytes_are_more_than_an_error(bytes in vec(any::<u8>(), 0..300), sizes in vec(1..100usize, 1..4)) {
        let _refused = understand(&bytes, &sizes);
    }

    /// One bit of a healthy stream is flipped: an error or other words, but nothing worse.
    #[test]
    fn no_flipped_bit_is_more_than_an_error(said in vec(said(), 1..4), at: prop::sample::Index, bit in 0..8u8) {
        let (mut bytes, _) = encode(&said, [1, 2, 3, 4]);
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let _refused = understand(&bytes, &[1000]);
    }
}

#[test]
fn each_fault_has_its_code() {
    // The first byte is FIN and the opcode, the second the mask's bit and the length.
    let masked = |first: u8, payload: &[u8]| {
        let length = u8::try_from(payload.len()).expect("short");
        [&[first, 0x80 | length, 0, 0, 0, 0], payload].concat()
    };
    let then = |first: &[u8], second: &[u8]| [first, second].concat();
    for (what, bytes, code) in [
        ("not masked", vec![0x81, 0x02, b'{', b'}'], ErrorCode::BadWebsocket),
        ("a reserved bit", masked(0xc1, b"{}"), ErrorCode::BadWebsocket),
        ("a reserved opcode", masked(0x83, b"{}"), ErrorCode::BadWebsocket),
        ("a reserved control opcode", masked(0x8b, b""), ErrorCode::BadWebsocket),
        ("a ping in pieces", masked(0x09, b""), ErrorCode::BadWebsocket),
        ("a ping too long", [vec![0x89, 0xfe, 0, 126, 0, 0, 0, 0], vec![0; 126]].concat(), ErrorCode::BadWebsocket),
        ("a continuation of nothing", masked(0x80, b"{}"), ErrorCode::BadWebsocket),
        ("a message within another", then(&masked(0x01, b"{"), &masked(0x81, b"}")), ErrorCode::BadWebsocket),
        ("half a close code", masked(0x88, &[3]), ErrorCode::BadWebsocket),
        ("a close code nobody may send", masked(0x88, &1005_u16.to_be_bytes()), ErrorCode::BadWebsocket),
        ("a reason that is no text", masked(0x88, &[3, 0xe8, 0xff]), ErrorCode::BadUtf8),
        ("no text", masked(0x81, &[0xc3, 0x28]), ErrorCode::BadUtf8),
        ("binary", masked(0x82, b"{}"), ErrorCode::BadFrame),
        ("too long, by its header alone", vec![0x81, 0xff, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0], ErrorCode::TooBig),
        ("endless, by its header alone", [[0x81, 0xff].as_slice(), &[0xff; 12]].concat(), ErrorCode::TooBig),
    ] {
        assert_eq!(understand(&bytes, &[1]), Err(code), "{what}");
        assert_eq!(understand(&bytes, &[1000]), Err(code), "{what}");
    }
}

#[test]
fn pieces_add_up_to_the_limit_and_no_further() {
    let half = vec![b'x'; LIMIT / 2];
    let mut bytes = Vec::new();
    write(Oracle::message(half.clone(), OpCode::Data(Data::Text), false), [9; 4], &mut bytes);
    let begun = bytes.len();
    write(Oracle::message(half, OpCode::Data(Data::Continue), true), [9; 4], &mut bytes);
    assert_eq!(understand(&bytes, &[1000]).map(|messages| messages.len()), Ok(1));
    bytes.truncate(begun);
    write(Oracle::message(vec![b'x'; LIMIT / 2 + 1], OpCode::Data(Data::Continue), true), [9; 4], &mut bytes);
    assert_eq!(understand(&bytes, &[1000]), Err(ErrorCode::TooBig));
}

#[test]
fn a_close_tells_its_code() {
    let mut bytes = Vec::new();
    let leaving = tokio_tungstenite::tungstenite::protocol::CloseFrame { code: 1000.into(), reason: "leaving".into() };
    write(Oracle::close(Some(leaving)), [1, 2, 3, 4], &mut bytes);
    write(Oracle::close(None), [1, 2, 3, 4], &mut bytes);
    assert_eq!(understand(&bytes, &[3]), Ok(vec![Message::Close(Some(1000)), Message::Close(None)]));
}

#[test]
fn what_is_read_is_let_go() {
    let mut incoming = Incoming::new(Vec::new(), LIMIT);
    let (bytes, _) = encode(&[Said::Text("x".repeat(50_000), 1)], [1; 4]);
    incoming.spare(bytes.len()).extend_from_slice(&bytes);
    assert!(matches!(incoming.next(), Ok(Some(Message::Text(_)))));
    assert_eq!(incoming.next(), Ok(None));
    assert_eq!(incoming.received.capacity(), 0);
}

#[test]
fn what_is_written_is_what_tungstenite_reads() {
    for length in [0, 1, 125, 126, 65_535, 65_536] {
        let mut bytes = Vec::new();
        header(OpCode::Data(Data::Text), length, &mut bytes);
        let (parsed, payload) = FrameHeader::parse(&mut Cursor::new(&bytes)).expect("valid").expect("whole");
        assert!(parsed.is_final && parsed.mask.is_none() && parsed.opcode == OpCode::Data(Data::Text));
        assert_eq!(payload, length as u64);
    }
    let mut bytes = Vec::new();
    close(Some(1008), "wrong_secret", &mut bytes);
    assert_eq!(bytes, [&[0x88, 14, 3, 0xf0], b"wrong_secret".as_slice()].concat());
}

/// A frame with any header, which needn't be true.
fn lie() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![
        4 => (0..126u8).prop_map(|length| vec![length]),
        1 => any::<u16>().prop_map(|length| [vec![126], length.to_be_bytes().to_vec()].concat()),
        1 => any::<u64>().prop_map(|length| [vec![127], length.to_be_bytes().to_vec()].concat()),
    ];
    // Mostly what makes sense, or nothing after the first frame would ever be read.
    let first =
        prop_oneof![3 => prop::sample::select(vec![0x00, 0x01, 0x80, 0x81, 0x88, 0x89, 0x8a]), 1 => any::<u8>()];
    (first, prop::bool::weighted(0.9), length, any::<[u8; 4]>(), vec(any::<u8>(), 0..130), any::<bool>()).prop_map(
        |(first, masked, mut length, mask, payload, fits)| {
            if fits {
                length = vec![u8::try_from(payload.len().min(125)).expect("short")];
            }
            let claimed = usize::from(length[0]);
            length[0] |= if masked { 0x80 } else { 0 };
            let mask = if masked { mask.to_vec() } else { Vec::new() };
            let payload = if fits { payload[..claimed.min(payload.len())].to_vec() } else { payload };
            [vec![first], length, mask, payload].concat()
        },
    )
}

proptest! {
    /// Whatever the headers say, no more is kept than a message may be long and one read brings.
    #[test]
    fn no_header_is_more_than_an_error_nor_keeps_more_than_there_may_be(
        frames in vec(lie(), 1..12), size in 1..200usize, limit in 1..300usize,
    ) {
        let bytes = frames.concat();
        let mut incoming = Incoming::new(Vec::new(), limit);
        'reading: for piece in bytes.chunks(size) {
            incoming.spare(piece.len()).extend_from_slice(piece);
            loop {
                match incoming.next() {
                    Ok(Some(Message::Text(text))) => prop_assert!(text.len() <= limit),
                    Ok(Some(Message::Ping(payload))) => prop_assert!(payload.len() <= 125),
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(_) => break 'reading,
                }
            }
            let begun = incoming.begun.as_ref().map_or(0, Vec::len);
            let waiting = incoming.received.len() - incoming.taken;
            // A control frame has at most 125 bytes whatever a message may have, and a header 14.
            prop_assert!(begun <= limit && waiting <= limit.max(125) + 14 + size, "{begun} and {waiting}");
        }
    }
}
