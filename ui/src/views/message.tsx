import { useContext } from 'preact/hooks'
import { Text } from '../text/text'
import type { Event } from '../wire.gen'
import { clock, fully, shortClock } from '../words/time'
import { words } from '../words/words'
import { Avatar } from './avatar'
import { called } from './called'
import { Fold } from './fold'
import { Reading } from './reading'
import { MessageRow } from './row'

interface MessageProps {
  event: Event
  /** The first of its author's, for a while: it shows who and when. */
  first: boolean
  own: boolean
  rowKey: string
}

/** A message that is in the log. */
export function Message({ event, first, own, rowKey }: MessageProps) {
  const { openLink } = useContext(Reading)
  const name = called(event.nickname)
  const { text } = event.body
  return (
    <MessageRow
      rowKey={rowKey}
      seq={event.seq}
      state="sent"
      member={event.member}
      text={text}
      classes={`${first ? 'first' : ''} ${own ? 'own' : ''}`}
    >
      {first && <Avatar member={event.member} nickname={name} />}
      <p class={first ? 'message-meta' : 'message-meta later'}>
        <span dir="auto" class={first ? 'author' : 'author for-readers'} data-testid="message-author">
          {name}
        </span>
        <time dateTime={new Date(event.at).toISOString()} title={fully(event.at)}>
          {first ? clock(event.at) : shortClock(event.at)}
        </time>
      </p>
      <Fold text={text}>
        <Text text={text} openLink={openLink} />
      </Fold>
      {own && <span class="for-readers">{words.value.sent}</span>}
    </MessageRow>
  )
}
