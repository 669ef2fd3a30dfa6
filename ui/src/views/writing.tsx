import { useComputed } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Room } from '../room/room'
import { words } from '../words/words'
import { toComposer } from './focus'
import { Icon } from './icon'
import { QuotedWords } from './quote'
import { NOT_READING, Reading } from './reading'

/** The ids of what says it, for the field to be described by. */
export const WRITING_ABOUT = 'writing-what writing-of'

/** Above the field: what one's words will be an answer to, or other words for. */
export function WritingBar({ room }: { room: Room }) {
  const { reply, editing } = room.draft.writing.value
  const w = words.value
  const online = useComputed(() => room.connection.value.state === 'online')
  const reading = useMemo(() => ({ ...NOT_READING, files: room.files, online }), [room, online])
  const of = editing ?? reply
  if (of === null) return null
  return (
    <p class="writing-bar" data-testid={editing === null ? 'replying' : 'editing'}>
      <Icon name={editing === null ? 'reply' : 'pencil'} size={15} />
      <span class="writing-what" id="writing-what">
        {editing === null ? w.replyingTo : w.editing}
      </span>
      <span class="quote-line" id="writing-of">
        <Reading.Provider value={reading}>
          <QuotedWords event={room.find(of)} />
        </Reading.Provider>
      </span>
      <button
        type="button"
        class="icon-button small"
        aria-label={editing === null ? w.cancelReply : w.cancelEdit}
        title={editing === null ? w.cancelReply : w.cancelEdit}
        data-testid="cancel-writing"
        onClick={() => {
          room.draft.cancel()
          toComposer()
        }}
      >
        <Icon name="close" size={16} />
      </button>
    </p>
  )
}
