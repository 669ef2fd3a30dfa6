//! WebSocket frames at their barest: counting millions of them must cost less than sending them.

/// Opcodes, as far as they matter here.
pub(crate) const TEXT: u8 = 1;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;

/// A close with 1000, whole.
pub(crate) const LEAVE: [u8; 8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8];

/// The answer to a ping, whole.
pub(crate) const PONG: [u8; 6] = [0x8a, 0x80, 0, 0, 0, 0];

/// A client's text frame. Masked as the standard wants, with a mask of zeros, which leaves it as it is.
pub(crate) fn text(payload: &[u8], into: &mut Vec<u8>) {
    into.push(0x81);
    match u16::try_from(payload.len()) {
        Ok(length @ 0..=125) => into.push(0x80 | u8::try_from(length).unwrap_or(0)),
        Ok(length) => {
            into.push(0x80 | 126);
            into.extend(length.to_be_bytes());
        }
        Err(_) => {
            into.push(0x80 | 127);
            into.extend((payload.len() as u64).to_be_bytes());
        }
    }
    into.extend([0; 4]);
    into.extend_from_slice(payload);
}

/// Takes whole frames off the front of what was received; gives each one's opcode and payload.
/// Returns how many bytes they had.
pub(crate) fn each(received: &[u8], mut take: impl FnMut(u8, &[u8])) -> usize {
    let mut at = 0;
    while let Some((opcode, start, end)) = next(&received[at..]) {
        take(opcode, &received[at + start..at + end]);
        at += end;
    }
    at
}

/// The first frame, once all of it is there: its opcode, and where its payload begins and ends.
pub(crate) fn next(received: &[u8]) -> Option<(u8, usize, usize)> {
    let (opcode, length) = (received.first()? & 0x0f, received.get(1)? & 0x7f);
    let (start, length) = match length {
        126 => (4, usize::from(u16::from_be_bytes(received.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(received.get(2..10)?.try_into().ok()?)).ok()?),
        short => (2, usize::from(short)),
    };
    (received.len() >= start + length).then_some((opcode, start, start + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_length_are_told_apart() {
        let mut received = Vec::new();
        let lengths = [0, 1, 125, 126, 300, 65_535, 65_536, 70_000];
        for length in lengths {
            let payload = "x".repeat(length);
            let mut frame = Vec::new();
            text(payload.as_bytes(), &mut frame);
            // As a server sends it: without the mask.
            let header = frame.len() - length - 4;
            frame.drain(header..header + 4);
            frame[1] &= 0x7f;
            received.extend(frame);
        }
        let mut seen = Vec::new();
        let used = each(&received, |opcode, payload| seen.push((opcode, payload.len())));
        assert_eq!(used, received.len());
        assert_eq!(seen, lengths.map(|length| (1, length)));
        assert_eq!(each(&received[..received.len() - 1], |_, _| {}), received.len() - 70_010, "half a frame waits");
    }
}
