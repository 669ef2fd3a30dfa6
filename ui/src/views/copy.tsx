import { useEffect, useRef, useState } from 'preact/hooks'
import { words } from '../words/words'
import { Icon } from './icon'

interface CopyProps {
  text: string
  copy: (text: string) => Promise<boolean>
  /** Called when the clipboard is out of reach, so that the text can be selected for the person. */
  failed: () => void
}

type Outcome = 'copied' | 'failed' | null

/** Copies, and tells what really happened: for a moment if it did, for good if it didn't. */
export function useCopy(
  text: string,
  copy: (text: string) => Promise<boolean>,
): [Outcome, () => Promise<boolean>] {
  const [outcome, setOutcome] = useState<Outcome>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => {
    setOutcome(null)
    return () => clearTimeout(timer.current)
  }, [text])

  const press = async () => {
    const done = await copy(text)
    clearTimeout(timer.current)
    setOutcome(done ? 'copied' : 'failed')
    if (done) timer.current = setTimeout(() => setOutcome(null), 2_500)
    return done
  }
  return [outcome, press]
}

/** The button beside an invite's link. */
export function CopyButton({ text, copy, failed }: CopyProps) {
  const [outcome, press] = useCopy(text, copy)
  const pressed = async () => {
    if (!(await press())) failed()
  }
  const w = words.value
  return (
    <>
      {/* biome-ignore lint/a11y/noAutofocus: where the dialog it stands in puts the focus */}
      <button type="button" class="button primary" autoFocus data-testid="copy-link" onClick={pressed}>
        <Icon name={outcome === 'copied' ? 'check' : 'copy'} />
        {outcome === 'copied' ? w.copied : w.copyLink}
      </button>
      <p class={outcome === 'failed' ? 'note warn' : 'for-readers'} role="status">
        {outcome === 'failed' ? w.copyFailed : outcome === 'copied' ? w.copied : ''}
      </p>
    </>
  )
}
