import { isJumbo, rich } from '../text/text'
import type { Event } from '../wire.gen'
import { clock, fully, shortClock } from '../words/time'
import { words } from '../words/words'
import { Avatar, hueOf } from './avatar'
import { called } from './called'

interface MessageProps {
  event: Event
  /** The first of its author's, for a while: it shows who and when. */
  first: boolean
  own: boolean
  rowKey: string
  openLink: ((url: string) => void) | null
}

/** A message that is in the log. */
export function Message({ event, first, own, rowKey, openLink }: MessageProps) {
  const name = called(event.nickname)
  return (
    <div
      class={`message${first ? ' first' : ''}${own ? ' own' : ''}`}
      data-testid="message"
      data-state="sent"
      data-seq={event.seq}
      data-key={rowKey}
      style={{ '--hue': hueOf(event.member) }}
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
      <Text text={event.body.text} openLink={openLink} />
      {own && <span class="for-readers">{words.value.sent}</span>}
    </div>
  )
}

/** What was said. Each line finds its own direction. */
export function Text({ text, openLink }: { text: string; openLink: MessageProps['openLink'] }) {
  return (
    <div class={isJumbo(text) ? 'text jumbo' : 'text'} dir="auto" data-testid="message-text">
      {rich(text, openLink)}
    </div>
  )
}
