import { useContext } from 'preact/hooks'
import { words } from '../words/words'
import { useCopy } from './copy'
import { Icon } from './icon'
import { Reading } from './reading'

/** What one can do with a message. There for the one that is pointed at, tapped or focused. */
export function MessageTools({ text }: { text: string }) {
  const { copy } = useContext(Reading)
  const [outcome, press] = useCopy(text, copy)
  const w = words.value
  return (
    // Not for those who listen to what comes: for them it is there once they are at the message.
    <div class="tools" aria-live="off">
      <div class="tools-row" role="toolbar" aria-label={w.messageTools} onKeyDown={alongTools}>
        <button
          type="button"
          class="icon-button small"
          aria-label={w.copyText}
          title={w.copyText}
          data-testid="copy-text"
          onClick={async ({ currentTarget }) => {
            // Before the wait: by then the pointer may be over another message.
            const said = currentTarget.closest('[data-key]')?.querySelector('.text')
            if (!(await press()) && said) getSelection()?.selectAllChildren(said)
          }}
        >
          <Icon name={outcome === 'copied' ? 'check' : 'copy'} size={16} />
        </button>
      </div>
      <p
        class={outcome === null ? 'for-readers' : outcome === 'failed' ? 'tools-said warn' : 'tools-said'}
        role="status"
        data-testid="copy-outcome"
      >
        {outcome === 'failed' ? w.copyTextFailed : outcome === 'copied' ? w.copied : ''}
      </p>
    </div>
  )
}

/** In a toolbar the arrows go from tool to tool. */
function alongTools(event: KeyboardEvent): void {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
  const row = event.currentTarget
  if (step === undefined || !(row instanceof HTMLElement)) return
  const tools = [...row.querySelectorAll('button')]
  const at = tools.findIndex((tool) => tool.matches(':focus'))
  event.preventDefault()
  tools.at((at + step) % tools.length)?.focus()
}
