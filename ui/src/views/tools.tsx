import type { ComponentChildren } from 'preact'
import { useContext } from 'preact/hooks'
import { excerpt } from '../text/excerpt'
import type { Event } from '../wire.gen'
import { words } from '../words/words'
import { called } from './called'
import { useCopy } from './copy'
import { EmojiButton } from './emoji-button'
import { Icon, type IconName } from './icon'
import { Reading } from './reading'

interface ToolsProps {
  /** As it was typed. */
  text: string
  /** Absent while it isn't in the log. */
  event?: Event
}

/** What one can do with a message. There for the one that is pointed at, tapped or focused. */
export default function MessageTools({ text, event }: ToolsProps) {
  const { copy, acts } = useContext(Reading)
  const [outcome, press] = useCopy(text, copy)
  const link = event && acts ? acts.linkTo(event) : ''
  const [linkOutcome, pressLink] = useCopy(link, copy)
  const w = words.value
  const reacted = event?.body.kind === 'message' && event.body.reactions !== undefined
  const own = event !== undefined && event.member === acts?.me
  // There may be two: at the one that is pointed at, and where the keyboard is.
  const about = [event ? called(event.nickname) : w.you, excerpt(text)]
    .map((it) => (it === '' ? '' : `, ${it}`))
    .join('')
  return (
    // Not for those who listen to what comes: for them it is there once they are at the message.
    <div class="tools" aria-live="off">
      <div class="tools-row" role="toolbar" aria-label={`${w.messageTools}${about}`} onKeyDown={alongTools}>
        {event && acts && (
          <>
            <EmojiButton
              class="icon-button small"
              label={w.react}
              size={16}
              testid="react"
              quick
              pick={(emoji) => acts.react(event, emoji, true)}
            />
            <Tool icon="reply" label={w.reply} testid="reply" press={() => acts.answer(event)} />
          </>
        )}
        {text !== '' && (
          <Tool
            icon={outcome === 'copied' ? 'check' : 'copy'}
            label={w.copyText}
            testid="copy-text"
            press={async (button) => {
              // Before the wait: by then the pointer may be over another message.
              const said = button.closest('[data-key]')?.querySelector('.text')
              if (!(await press()) && said) getSelection()?.selectAllChildren(said)
            }}
          />
        )}
        {link !== '' && (
          <Tool
            icon={linkOutcome === 'copied' ? 'check' : 'link'}
            label={w.copyMessageLink}
            testid="copy-message-link"
            press={() => void pressLink()}
          />
        )}
        {reacted && acts && (
          <Tool icon="people" label={w.whoReacted} testid="who" press={() => acts.who(event)} />
        )}
        {event && own && <Tool icon="pencil" label={w.edit} testid="edit" press={() => acts?.edit(event)} />}
        {event && acts && (own || acts.host) && (
          <Tool icon="trash" label={w.delete} testid="delete-message" press={() => acts.remove(event)} />
        )}
      </div>
      <p class={saidClass(outcome ?? linkOutcome)} role="status" data-testid="copy-outcome">
        {outcome === 'failed' ? w.copyTextFailed : linkOutcome === 'failed' ? w.copyMessageLinkFailed : ''}
        {outcome !== 'failed' && linkOutcome === 'failed' && <code class="tools-link">{link}</code>}
        {outcome === 'copied' || linkOutcome === 'copied' ? w.copied : ''}
      </p>
    </div>
  )
}

const saidClass = (outcome: 'copied' | 'failed' | null) =>
  outcome === null ? 'for-readers' : outcome === 'failed' ? 'tools-said warn' : 'tools-said'

interface ToolProps {
  icon: IconName
  label: string
  testid: string
  press: (button: HTMLButtonElement) => void
}

function Tool({ icon, label, testid, press }: ToolProps): ComponentChildren {
  return (
    <button
      type="button"
      class="icon-button small"
      aria-label={label}
      title={label}
      data-testid={testid}
      onClick={({ currentTarget }) => press(currentTarget)}
    >
      <Icon name={icon} size={16} />
    </button>
  )
}

/** In a toolbar the arrows go from tool to tool. */
function alongTools(event: KeyboardEvent): void {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
  const row = event.currentTarget
  if (step === undefined || !(row instanceof HTMLElement)) return
  // In what a tool has opened, the arrows are for that.
  if (event.target instanceof Element && event.target.closest('dialog')) return
  const tools = [...row.querySelectorAll<HTMLElement>(':scope > button')]
  const at = tools.findIndex((tool) => tool.matches(':focus'))
  event.preventDefault()
  tools.at((at + step) % tools.length)?.focus()
}
