import type { Event } from '../wire.gen'
import { words } from '../words/words'
import { named } from './called'
import { Dialog } from './dialog'
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
    <Dialog kind="card" title={w.deleteTitle} close={close}>
      <p class="lead">{own ? w.deleteText : w.deleteOthersText(named(event.nickname))}</p>
      <p class="quote-line boxed">
        <QuotedWords event={event} />
      </p>
      <div class="card-actions">
        <button type="button" class="button" onClick={close}>
          {w.cancel}
        </button>
        {/* biome-ignore lint/a11y/noAutofocus: where the dialog puts the focus: what was just asked for */}
        <button type="button" class="button danger" autoFocus data-testid="confirm-delete" onClick={remove}>
          {w.delete}
        </button>
      </div>
    </Dialog>
  )
}
