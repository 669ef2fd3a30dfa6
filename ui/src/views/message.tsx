import type { Event } from '../wire.gen'
import { clock, fully, shortClock } from '../words/time'
import { words } from '../words/words'
import { Avatar } from './avatar'
import { called } from './called'
import { MessageRow } from './row'
import { SaidText, useSaid } from './said'

interface MessageProps {
  event: Event
  /** The first of its author's, for a while: it shows who and when. */
  first: boolean
  own: boolean
  rowKey: string
}

/** A message that is in the log. */
export function Message({ event, first, own, rowKey }: MessageProps) {
  const name = called(event.nickname)
  const text = event.body.kind === 'message' ? event.body.text : ''
  const said = useSaid(text)
  const forMe = said.forMe && !own
  return (
    <MessageRow
      rowKey={rowKey}
      seq={event.seq}
      state="sent"
      member={event.member}
      text={text}
      classes={`${first ? 'first' : ''} ${own ? 'own' : ''} ${forMe ? 'for-me' : ''}`}
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
      {forMe && <span class="for-readers">{words.value.mentionsYou}</span>}
      <SaidText said={said} />
      {own && <span class="for-readers">{words.value.sent}</span>}
    </MessageRow>
  )
}
