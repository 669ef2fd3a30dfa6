import './more-icons'
import { useContext, useEffect, useState } from 'preact/hooks'
import { KIND_ICONS, kindOf } from '../files/kinds'
import type { Files } from '../transport/files'
import type { FileInfo } from '../wire.gen'
import { words } from '../words/words'
import { Icon } from './icon'
import { Reading } from './reading'

/** A picture that has no small one of itself is loaded as it is up to this size: for so little space, more is too much. */
const MOST_BYTES = 256 * 1024

interface QuotedFileProps {
  files: readonly FileInfo[]
  /** Whether the message has words, which then don't tell what else it has. */
  said: boolean
}

/**
 * What a quoted message has besides its words: the first picture of it, very small, or else of what kind its first
 * file is. It takes the same place before it is loaded, and when it can't be.
 */
export function QuotedFile({ files, said }: QuotedFileProps) {
  const { files: host, online } = useContext(Reading)
  const [broken, setBroken] = useState(false)
  const file = files.find(isPicture) ?? files[0]
  const src = file && host.value && smallest(file, host.value)
  const isOnline = online.value
  useEffect(() => {
    if (isOnline) setBroken(false)
  }, [isOnline, src])

  if (!file) return null
  const kind = kindOf(file)
  const w = words.value
  const label = said ? w.kinds[kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'other'] : ''
  return (
    <span class="quote-file" data-testid="quoted-file" data-kind={kind}>
      {src && !broken ? (
        <img src={src} alt={label} decoding="async" draggable={false} onError={() => setBroken(true)} />
      ) : (
        <>
          <Icon name={KIND_ICONS[kind]} size={14} />
          {label && <span class="for-readers">{label}</span>}
        </>
      )}
    </span>
  )
}

const isPicture = ({ media, width }: FileInfo) => media.startsWith('image/') && width !== undefined

/** Where to take its picture from; null for what has none that is small. A GIF would move. */
function smallest(file: FileInfo, host: Files): string | null {
  const small = isPicture(file) && file.bytes <= MOST_BYTES && file.media !== 'image/gif'
  return host.thumbUrl(file) ?? (small ? host.url(file) : null)
}
