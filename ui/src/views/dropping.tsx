import { useEffect, useRef, useState } from 'preact/hooks'
import { given, pasted } from '../files/given'
import type { Room } from '../room/room'
import { apart } from '../text/apart'
import { words } from '../words/words'
import { toComposer } from './focus'
import { Icon } from './icon'
import { pasteAnywhere } from './typing-anywhere'

/** Takes what is dropped or pasted anywhere in the room, and shows where it goes while somebody holds it there. */
export function Dropping({ room }: { room: Room }) {
  const [over, setOver] = useState(false)
  const depth = useRef(0)
  useEffect(() => {
    const withFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false
    const end = () => {
      depth.current = 0
      setOver(false)
    }
    const listeners: [string, (event: DragEvent) => void][] = [
      [
        'dragenter',
        (event) => {
          if (!withFiles(event)) return
          depth.current += 1
          setOver(true)
        },
      ],
      [
        'dragleave',
        () => {
          depth.current -= 1
          if (depth.current <= 0) end()
        },
      ],
      [
        'dragover',
        (event) => {
          if (!withFiles(event)) return
          // Otherwise the browser would leave the room to show the file.
          event.preventDefault()
          if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
        },
      ],
      [
        'drop',
        (event) => {
          end()
          if (!withFiles(event) || !event.dataTransfer) return
          event.preventDefault()
          // Under a dialog nobody would see what became of it.
          if (document.querySelector('dialog[open]')) return
          const { files, folders } = given(event.dataTransfer)
          room.attachments.add(files, folders)
          toComposer()
        },
      ],
    ]
    const paste = (event: ClipboardEvent) => {
      const { target, clipboardData } = event
      // In another field it is that one's.
      const elsewhere =
        target instanceof Element && target.closest('input, dialog, textarea:not(.composer *)')
      const files = elsewhere || !clipboardData ? [] : pasted(clipboardData)
      if (files.length === 0) return pasteAnywhere(event)
      if (document.querySelector('dialog[open]')) return
      event.preventDefault()
      room.attachments.add(files)
      toComposer()
    }
    addEventListener('paste', paste)
    for (const [type, listener] of listeners) addEventListener(type, listener as EventListener)
    return () => {
      removeEventListener('paste', paste)
      for (const [type, listener] of listeners) removeEventListener(type, listener as EventListener)
    }
  }, [room])
  const w = words.value
  return over ? (
    <div class="drop-place" data-testid="drop-place" aria-hidden="true">
      <Icon name="attach" size={28} />
      <p class="drop-title">{w.dropTitle}</p>
      <p>{w.dropText(apart(room.state.value.room?.name ?? ''))}</p>
    </div>
  ) : null
}
