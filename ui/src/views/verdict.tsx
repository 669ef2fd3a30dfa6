import { useRef } from 'preact/hooks'
import type { Verdict } from '../shell.gen'
import { words } from '../words/words'
import { useCopy } from './copy'
import { Icon, type IconName } from './icon'

const ICONS: Record<Verdict['reach'] | 'unknown', IconName> = {
  unknown: 'clock',
  proven: 'check',
  likely: 'check',
  doubtful: 'alert',
  impossible: 'alert',
}

interface VerdictProps {
  /** Null until it is known. */
  verdict: Verdict | null
  copy: (text: string) => Promise<boolean>
}

/** Whether others can open the link, as far as this computer can tell, and the one thing to do if not. */
export function VerdictNote({ verdict, copy }: VerdictProps) {
  const w = words.value.verdicts
  const reach = verdict?.reach ?? 'unknown'
  const { title, text } = verdict ? told(verdict) : { title: w.looking, text: '' }
  return (
    <div
      class={`verdict ${reach}`}
      role="status"
      data-testid="verdict"
      data-reach={reach}
      data-cause={verdict?.cause ?? ''}
    >
      <Icon name={ICONS[reach]} />
      <div>
        <p class="verdict-title">{title}</p>
        {text && <p>{text}</p>}
        {verdict?.command && <Command text={verdict.command} copy={copy} />}
      </div>
    </div>
  )
}

/** What helps, to be typed into a terminal. */
function Command({ text, copy }: { text: string; copy: (text: string) => Promise<boolean> }) {
  const code = useRef<HTMLElement>(null)
  const [outcome, press] = useCopy(text, copy)
  const w = words.value
  const pressed = async () => {
    if (!(await press()) && code.current) getSelection()?.selectAllChildren(code.current)
  }
  return (
    <div class="verdict-command">
      <code dir="ltr" ref={code} data-testid="verdict-command">
        {text}
      </code>
      <button type="button" class="button" onClick={pressed}>
        <Icon name={outcome === 'copied' ? 'check' : 'copy'} size={16} />
        {outcome === 'copied' ? w.copied : w.copyCommand}
      </button>
      {outcome === 'failed' && <p class="note warn">{w.copyCommandFailed}</p>}
    </div>
  )
}

function told({ reach, cause, adapter, firewall }: Verdict): { title: string; text: string } {
  const w = words.value.verdicts
  switch (cause) {
    case null:
      return reach === 'proven' ? w.proven : w.likely
    case 'tunnel':
      return { title: w.tunnel.title, text: w.tunnel.text(adapter ?? '') }
    case 'only_virtual':
      return { title: w.onlyVirtual.title, text: w.onlyVirtual.text(adapter ?? '') }
    case 'firewall': {
      const name = w.firewalls[firewall ?? 'nftables']
      const kind = reach === 'impossible' ? w.blocked : w.firewall
      const how = w.allow[firewall === 'windows' || firewall === 'macos' ? firewall : 'command']
      return { title: kind.title(name), text: `${kind.text} ${how}` }
    }
    case 'no_network':
      return w.noNetwork
    case 'loopback_only':
      return w.loopbackOnly
    case 'no_router':
      return w.noRouter
    case 'silent':
      return w.silent
  }
}
