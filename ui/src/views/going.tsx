import { words } from '../words/words'
import { Dialog } from './dialog'

interface GoingProps {
  /** How many others a host would put out; null for whoever only leaves files behind that are on their way. */
  others: number | null
  leave: () => void
  stay: () => void
}

/** Asks whoever is about to go whether they mean it, where something would be lost. */
export default function Going({ others, leave, stay }: GoingProps) {
  const w = words.value
  const stopping = others !== null
  return (
    <Dialog kind="card" title={stopping ? w.stopTitle : w.leaveTitle} close={stay}>
      <p class="lead">{stopping ? w.stopText(others) : w.leaveText}</p>
      <div class="card-actions">
        {/* biome-ignore lint/a11y/noAutofocus: where the dialog puts the focus: the choice that loses nothing */}
        <button type="button" class="button" autoFocus onClick={stay}>
          {stopping ? w.keepHosting : w.stay}
        </button>
        <button
          type="button"
          class="button danger"
          data-testid={stopping ? 'confirm-stop' : 'confirm-leave'}
          onClick={leave}
        >
          {stopping ? w.stopHosting : w.leave}
        </button>
      </div>
    </Dialog>
  )
}
