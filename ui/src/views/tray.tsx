import './more-icons'
import { effect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Room } from '../room/room'
import { UploadNews } from '../room/upload-news'
import { nameList } from '../words/time'
import { words } from '../words/words'
import { namedFile } from './called'
import { FileOnItsWay } from './file-card'
import { toComposer } from './focus'
import { Icon } from './icon'
import { newsText } from './upload-words'

interface TrayProps {
  room: Room
  /** Says it to those who don't see the cards. */
  say: (text: string) => void
}

/** The files that go with what is being written, above where that is. */
export default function Tray({ room, say }: TrayProps) {
  const uploads = room.attachments.uploads.value
  const list = useRef<HTMLUListElement>(null)
  const files = uploads?.list.value.filter(({ message }) => message === null) ?? []
  const most = room.state.value.room?.files.bytes ?? 0
  const w = words.value
  const count = files.length
  const before = useRef(0)
  useEffect(() => {
    if (count > before.current) list.current?.lastElementChild?.scrollIntoView({ block: 'nearest' })
    before.current = count
  }, [count])
  useEffect(() => {
    if (!uploads) return
    const news = new UploadNews((it) => say(newsText(it, room.state.peek().room?.files.bytes ?? 0)))
    const unwatch = effect(() => news.saw(uploads.list.value))
    return () => {
      unwatch()
      news.stop()
    }
  }, [uploads, room, say])

  const remove = (key: string) => {
    uploads?.remove(key)
    toComposer()
  }
  const lost = room.attachments.lost.value
  useEffect(() => {
    if (lost.length > 0) say(words.peek().lostFiles(nameList(lost.map(namedFile))))
  }, [lost, say])
  return (
    <>
      {lost.length > 0 && (
        <p class="note attach-note" data-testid="lost-files">
          <span>{w.lostFiles(nameList(lost.map(namedFile)))}</span>
          <button
            type="button"
            class="icon-button small"
            aria-label={w.close}
            title={w.close}
            onClick={() => room.attachments.forgetLost()}
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
    </>
  )
}
