import type { Room } from '../room/room'
import { words } from '../words/words'
import { Icon } from './icon'
import { QuotedWords } from './quote'

/** Above the field: what one's words will be an answer to, or other words for. */
export function WritingBar({ room }: { room: Room }) {
  const { reply, editing } = room.draft.writing.value
  const w = words.value
  const of = editing ?? reply
  if (of === null) return null
  return (
    <p class="writing-bar" data-testid={editing === null ? 'replying' : 'editing'}>
      <Icon name={editing === null ? 'reply' : 'pencil'} size={15} />
      <span class="writing-what">{editing === null ? w.replyingTo : w.editing}</span>
      <span class="quote-line">
        <QuotedWords event={room.find(of)} />
      </span>
      <button
        type="button"
        class="icon-button small"
        aria-label={editing === null ? w.cancelReply : w.cancelEdit}
        title={editing === null ? w.cancelReply : w.cancelEdit}
        data-testid="cancel-writing"
        onClick={() => {
          room.draft.cancel()
          document.querySelector<HTMLElement>('.composer textarea')?.focus()
        }}
      >
        <Icon name="close" size={16} />
      </button>
    </p>
  )
}
