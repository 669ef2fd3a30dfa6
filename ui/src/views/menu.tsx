import { useEffect, useState } from 'preact/hooks'
import type { Room } from '../room/room'
import type { Shell } from '../transport/transport'
import { words } from '../words/words'
import { Icon } from './icon'
import { later } from './later'

const Settings = later(() => import('./settings'))

interface MenuProps {
  /** The one somebody is in. */
  room?: Room
  shell?: Shell | null
  exportRoom?: () => void
  rules?: () => void
}

/** The settings, behind one button. */
export function Menu({ room, shell = null, exportRoom, rules }: MenuProps) {
  const [open, setOpen] = useState(false)
  useEffect(Settings.warm, [])
  const w = words.value
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label={w.menu}
        title={w.menu}
        aria-haspopup="dialog"
        data-testid="settings"
        onClick={() => setOpen(true)}
      >
        <Icon name="settings" />
      </button>
      {open && (
        <Settings.View
          room={room}
          shell={shell}
          exportRoom={exportRoom}
          rules={rules}
          close={() => setOpen(false)}
        />
      )}
    </>
  )
}
