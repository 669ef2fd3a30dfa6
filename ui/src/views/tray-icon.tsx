import { useEffect, useState } from 'preact/hooks'
import { choiceFor, hasSound } from '../alerts/choices'
import { Bell, doorMenu } from '../alerts/knocks'
import { chime } from '../alerts/sound'
import type { Room } from '../room/room'
import { apart } from '../text/apart'
import type { Shell } from '../transport/transport'
import { words } from '../words/words'
import { Dialog } from './dialog'

interface TrayIconProps {
  shell: Shell
  /** The room that is hosted. */
  room: Room
  /** What it is called. */
  name: string
  stop: () => void
}

/** The icon beside the clock while a room is hosted, who is at its door, and what closing the window means then. */
export function TrayIcon({ shell, room, name, stop }: TrayIconProps) {
  const [closing, setClosing] = useState(false)
  const w = words.value
  const { knocks } = room.state.value

  useEffect(() => {
    const door = doorMenu(knocks)
    const menu = {
      room: name,
      door,
      copy: w.copyLink,
      show: w.trayShow,
      stop: w.stopHosting,
      quit: w.trayQuit,
    }
    // Without a place for it there is none, and closing the window ends the app as ever.
    shell.tray(menu).catch(() => {})
  }, [shell, name, knocks, w])
  useEffect(() => {
    const bell = new Bell({
      state: room.state,
      looked: () => document.visibilityState === 'visible' && document.hasFocus(),
      wanted: () => choiceFor(room.keptAs.value) !== 'none',
      show: (notice) => shell.notifyOfKnock(notice),
      chime: () => hasSound() && chime(),
    })
    const looked = () => bell.looked()
    document.addEventListener('visibilitychange', looked)
    addEventListener('focus', looked)
    bell.start()
    return () => {
      document.removeEventListener('visibilitychange', looked)
      removeEventListener('focus', looked)
      bell.stop()
    }
  }, [shell, room])
  useEffect(() => {
    const ends = [shell.onStop(stop), shell.onClosing(() => setClosing(true))]
    return () => {
      for (const end of ends) end()
    }
  }, [shell, stop])
  useEffect(
    () => () => {
      shell.tray(null).catch(() => {})
    },
    [shell],
  )

  if (!closing) return null
  return (
    <Dialog kind="card" title={w.closingTitle} close={() => setClosing(false)}>
      <p class="lead">{w.closingText(apart(name))}</p>
      <div class="card-actions">
        <button type="button" class="button" data-testid="closing-quit" onClick={() => shell.quit()}>
          {w.closingQuit}
        </button>
        <button
          type="button"
          class="button primary"
          // biome-ignore lint/a11y/noAutofocus: where the dialog puts the focus: the choice that ends nothing
          autoFocus
          data-testid="closing-keep"
          onClick={() => {
            setClosing(false)
            shell.closeToTray().catch(() => {})
          }}
        >
          {w.closingKeep}
        </button>
      </div>
    </Dialog>
  )
}
