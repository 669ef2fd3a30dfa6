import { words } from '../words/words'
import { Ask } from './ask'

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
    <Ask
      title={stopping ? w.stopTitle : w.leaveTitle}
      label={stopping ? w.stopHosting : w.leave}
      testid={stopping ? 'confirm-stop' : 'confirm-leave'}
      grave
      act={leave}
      instead={stopping ? w.keepHosting : w.stay}
      close={stay}
      focus="close"
    >
      <p class="lead">{stopping ? w.stopText(others) : w.leaveText}</p>
    </Ask>
  )
}
