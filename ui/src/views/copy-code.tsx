import { useContext } from 'preact/hooks'
import { words } from '../words/words'
import { useCopy } from './copy'
import { Icon } from './icon'
import { Reading } from './reading'

/** Copies a block of code, without what is said around it. */
export function CopyCode({ code }: { code: string }) {
  const { copy } = useContext(Reading)
  const [outcome, press] = useCopy(code, copy)
  const w = words.value
  const label = outcome === 'copied' ? w.copied : w.copyCode
  return (
    <button
      type="button"
      class="icon-button small code-copy"
      aria-label={label}
      title={label}
      data-testid="copy-code"
      onClick={async ({ currentTarget }) => {
        const shown = currentTarget.previousElementSibling
        // Then it is selected, to be copied by hand.
        if (!(await press()) && shown) getSelection()?.selectAllChildren(shown)
      }}
    >
      <Icon name={outcome === 'copied' ? 'check' : 'copy'} size={16} />
    </button>
  )
}
