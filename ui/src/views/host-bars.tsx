import type { SetAside } from '../shell.gen'
import { words } from '../words/words'
import { goOn } from './focus'
import { Icon } from './icon'

interface HostBarsProps {
  /** The port the room had, where it had to move. */
  moved: number | null
  relinked: boolean
  aside: SetAside | null
  invite: () => void
  close: (bar: 'moved' | 'relinked' | 'aside') => void
}

/** Above the composer, for whoever hosts the room: what became of its link and its conversation. */
export default function HostBars({ moved, relinked, aside, invite, close: shut }: HostBarsProps) {
  const close = (bar: Parameters<typeof shut>[0]) => {
    shut(bar)
    goOn()
  }
  return (
    <>
      {moved !== null && <MovedBar from={moved} invite={invite} close={() => close('moved')} />}
      {relinked && <RelinkedBar invite={invite} close={() => close('relinked')} />}
      {aside !== null && <SetAsideBar aside={aside} close={() => close('aside')} />}
    </>
  )
}

/** The room is elsewhere than it was, which those who have its old link have to be told. */
function MovedBar({ from, invite, close }: { from: number; invite: () => void; close: () => void }) {
  const w = words.value
  return (
    <div class="bar-place" role="status">
      <p class="bar moved">
        <Icon name="alert" size={16} />
        <span>
          {w.moved(from)}{' '}
          <button type="button" class="text-button" onClick={invite}>
            {w.emptyInvite}
          </button>
        </span>
        <button type="button" class="icon-button small" aria-label={w.close} title={w.close} onClick={close}>
          <Icon name="close" size={16} />
        </button>
      </p>
    </div>
  )
}

/** The host's computer has another address than when it began, and so another link. */
function RelinkedBar({ invite, close }: { invite: () => void; close: () => void }) {
  const w = words.value
  return (
    <div class="bar-place" role="status">
      <p class="bar moved" data-testid="relinked">
        <Icon name="alert" size={16} />
        <span>
          {w.relinked}{' '}
          <button type="button" class="text-button" onClick={invite}>
            {w.emptyInvite}
          </button>
        </span>
        <button type="button" class="icon-button small" aria-label={w.close} title={w.close} onClick={close}>
          <Icon name="close" size={16} />
        </button>
      </p>
    </div>
  )
}

/** What became of a conversation that was damaged on this computer's disk. */
function SetAsideBar({ aside, close }: { aside: SetAside; close: () => void }) {
  const w = words.value
  return (
    <div class="bar-place" role="status">
      <p class="bar moved" data-testid="set-aside">
        <Icon name="alert" size={16} />
        <span>{w.setAside(aside.events, aside.lost, aside.file)}</span>
        <button type="button" class="icon-button small" aria-label={w.close} title={w.close} onClick={close}>
          <Icon name="close" size={16} />
        </button>
      </p>
    </div>
  )
}
