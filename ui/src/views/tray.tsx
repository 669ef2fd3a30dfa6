import './more-icons'
import { useEffect, useRef, useState } from 'preact/hooks'
import { plainName } from '../files/names'
import type { Room } from '../room/room'
import { nameList } from '../words/time'
import { words } from '../words/words'
import { FileOnItsWay } from './file-card'
import { Icon } from './icon'

/** The files that go with what is being written, above where that is. */
export default function Tray({ room }: { room: Room }) {
  const uploads = room.uploads.value
  const list = useRef<HTMLUListElement>(null)
  const files = uploads?.list.value.filter(({ message }) => message === null) ?? []
  const most = room.state.value.limits?.file_bytes ?? 0
  const w = words.value
  const [said, setSaid] = useState('')
  // For those who don't see the cards: that files were taken, and what went wrong with one.
  const wrong = files.filter(({ fate }) => fate.state === 'failed').map(({ name }) => plainName(name))
  const count = files.length
  const before = useRef(0)
  useEffect(() => {
    if (count > before.current) list.current?.lastElementChild?.scrollIntoView({ block: 'nearest' })
    before.current = count
    setSaid(count > 0 ? w.filesFor(count) : '')
  }, [count, w])

  const remove = (key: string) => {
    uploads?.remove(key)
    document.querySelector<HTMLElement>('.composer textarea')?.focus()
  }
  const lost = room.lost.value
  return (
    <>
      {lost.length > 0 && (
        <p class="note attach-note" role="status" data-testid="lost-files">
          <span dir="auto">{w.lostFiles(nameList(lost.map(plainName)))}</span>
          <button
            type="button"
            class="icon-button small"
            aria-label={w.close}
            title={w.close}
            onClick={() => room.forgetLost()}
          >
            <Icon name="close" size={16} />
          </button>
        </p>
      )}
      {count > 0 && (
        <ul ref={list} class="tray" aria-label={w.attached} data-testid="tray">
          {files.map((file) => (
            <li key={file.key}>
              <FileOnItsWay
                file={file}
                most={most}
                retry={() => uploads?.retry(file.key)}
                remove={() => remove(file.key)}
              />
            </li>
          ))}
        </ul>
      )}
      <p class="for-readers" role="status">
        {wrong.length > 0 ? `${w.notSent}: ${wrong.join(', ')}` : said}
      </p>
    </>
  )
}
