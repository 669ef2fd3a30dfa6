import type { Event } from '../wire.gen'
import { words } from '../words/words'
import { Ask } from './ask'
import { named } from './called'
import { QuotedWords } from './quote'

interface RemoveProps {
  event: Event
  own: boolean
  remove: () => void
  close: () => void
}

/** Asks before a message is deleted: that can't be taken back. */
export default function RemoveDialog({ event, own, remove, close }: RemoveProps) {
  const w = words.value
  return (
    <Ask
      title={w.deleteTitle}
      label={w.delete}
      testid="confirm-delete"
      grave
      act={remove}
      close={close}
      focus="act"
    >
      <p class="lead">{own ? w.deleteText : w.deleteOthersText(named(event.nickname))}</p>
      <p class="quote-line boxed">
        <QuotedWords event={event} />
      </p>
    </Ask>
  )
}
