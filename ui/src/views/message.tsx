import { useComputed } from '@preact/signals'
import { useContext } from 'preact/hooks'
import type { Pending } from '../room/state'
import type { Event, FileInfo } from '../wire.gen'
import { clock, fully, nameList, shortClock } from '../words/time'
import { words } from '../words/words'
import { Avatar } from './avatar'
import { called, namedFile } from './called'
import { StoredFiles } from './files-of'
import { Icon } from './icon'
import { Quote } from './quote'
import { Reactions } from './reactions'
import { Reading } from './reading'
import { MessageRow } from './row'
import { SaidText, useSaid } from './said'

interface MessageProps {
  /** As it reads once what is pending of it has been done. */
  event: Event
  /** Its changes that aren't in the log yet. */
  changes: readonly Pending[]
  /** The first of its author's, for a while: it shows who and when. */
  first: boolean
  own: boolean
  rowKey: string
}

/** A message that is in the log, or what is left of one that was deleted. */
export function Message({ event, changes, first, own, rowKey }: MessageProps) {
  const name = called(event.nickname)
  const message = event.body.kind === 'message' ? event.body : null
  const text = message?.text ?? ''
  const said = useSaid(text)
  const { acts } = useContext(Reading)
  const reply = message?.reply
  // Whose it is may become known later.
  const answersMe = useComputed(() => reply !== undefined && !!acts && acts.find(reply)?.member === acts.me)
  const forMe = message !== null && !own && (said.forMe || answersMe.value)
  const w = words.value
  const classes = [
    first && 'first',
    own && 'own',
    forMe && 'for-me',
    message === null && 'gone',
    changes.length > 0 && 'is-changing',
  ]
  return (
    <MessageRow
      rowKey={rowKey}
      id={event.id}
      seq={event.seq}
      state="sent"
      member={event.member}
      text={text}
      {...(message ? { event } : {})}
      classes={classes.filter(Boolean).join(' ')}
    >
      {message?.reply !== undefined && <Quote id={message.reply} />}
      {first && <Avatar member={event.member} nickname={name} />}
      <p class={first ? 'message-meta' : 'message-meta later'}>
        <span dir="auto" class={first ? 'author' : 'author for-readers'} data-testid="message-author">
          {name}
        </span>
        <time dateTime={new Date(event.at).toISOString()} title={fully(event.at)}>
          {first ? clock(event.at) : shortClock(event.at)}
        </time>
      </p>
      {forMe && <span class="for-readers">{said.forMe ? w.mentionsYou : w.answersYou}</span>}
      {message?.files && <span class="for-readers">{w.sentFiles(namesOf(message.files))}</span>}
      {message === null ? <Gone event={event} /> : text !== '' && <SaidText said={said} />}
      {message?.files && <StoredFiles event={event} files={message.files} />}
      {message?.edited !== undefined && (
        <span class="edited" data-testid="edited">
          {w.edited}
        </span>
      )}
      {message?.reactions && <Reactions event={event} reactions={message.reactions} />}
      {changes.length > 0 && (
        <p class="fate waiting soon" data-testid="changing">
          <Icon name="clock" size={13} />
          {w.saving}
        </p>
      )}
      {own && <span class="for-readers">{w.sent}</span>}
    </MessageRow>
  )
}

const namesOf = (files: readonly FileInfo[]) => nameList(files.map(({ name }) => namedFile(name)))

function Gone({ event: { body, member } }: { event: Event }) {
  const { acts } = useContext(Reading)
  const w = words.value
  const by = body.kind === 'gone' && body.by?.member !== member ? body.by : undefined
  return (
    <p class="gone-text" data-testid="gone" dir="auto">
      {!by ? w.goneMessage : by.member === acts?.me ? w.goneByYou : w.goneBy(called(by.nickname))}
    </p>
  )
}
