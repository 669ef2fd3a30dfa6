import './more-icons'
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks'
import { kindOf } from '../files/kinds'
import { plainName } from '../files/names'
import type { Files } from '../transport/files'
import type { FileInfo } from '../wire.gen'
import { sizeText } from '../words/size'
import { words } from '../words/words'
import { namedFile } from './called'
import { Icon } from './icon'
import { Reading } from './reading'

/** What is larger isn't brought in whole: it would all be in memory. Larger than a room takes by itself. */
const MOST_BROUGHT_BYTES = 256 * 1024 * 1024

/**
 * WebKitGTK says of a few in a hundred, if they are larger than a megabyte or so, that it can't play them, and plays
 * them the next time.
 */
const MOST_TRIES = 3

/** Whether a file is a film or sound that plays here. */
export function plays(file: FileInfo, host: Files | null): boolean {
  const kind = kindOf(file)
  return (kind === 'video' || kind === 'audio') && (!host?.bring || file.bytes <= MOST_BROUGHT_BYTES)
}

interface PlayerProps {
  file: FileInfo
  failed: () => void
}

/** A film, or sound. It is loaded when somebody wants to see or hear it. */
export function Player({ file, failed }: PlayerProps) {
  const host = useContext(Reading).files.value
  if (host?.bring) return <Brought file={file} bring={host.bring} failed={failed} />
  return <Playing file={file} src={host?.url(file)} failed={failed} />
}

interface BroughtProps extends PlayerProps {
  bring: NonNullable<Files['bring']>
}

/** Asked for first, and then brought in whole. */
function Brought({ file, bring, failed }: BroughtProps) {
  const [whole, setWhole] = useState<Blob | null>(null)
  const [src, setSrc] = useState<string | null>(null)
  const [tries, setTries] = useState(0)
  const [come, setCome] = useState<number | null>(null)
  const coming = useRef<AbortController | null>(null)
  useEffect(() => () => coming.current?.abort(), [])
  useEffect(() => {
    if (!whole) return
    const url = URL.createObjectURL(whole)
    setSrc(url)
    return () => URL.revokeObjectURL(url)
  }, [whole, tries])
  if (src !== null) {
    const again = () => (tries < MOST_TRIES ? setTries(tries + 1) : failed())
    return <Playing key={src} file={file} src={src} failed={again} at="once" />
  }

  const start = async () => {
    const asked = new AbortController()
    coming.current = asked
    setCome(0)
    try {
      setWhole(await bring(file, setCome, asked.signal))
    } catch {
      if (!asked.signal.aborted) failed()
    }
    setCome(null)
  }
  return <Start file={file} come={come} start={start} stop={() => coming.current?.abort()} />
}

interface StartProps {
  file: FileInfo
  /** How many bytes are here, while they come. */
  come: number | null
  start: () => void
  stop: () => void
}

function Start({ file, come, start, stop }: StartProps) {
  const host = useContext(Reading).files.value
  const w = words.value
  const name = plainName(file.name)
  const label = come === null ? w.playFile(namedFile(file.name)) : w.stopFile(namedFile(file.name))
  const poster = kindOf(file) === 'video' ? host?.thumbUrl(file) : null
  return (
    <button
      type="button"
      class={kindOf(file) === 'video' ? 'player-start player-film' : 'player-start'}
      aria-label={label}
      title={label}
      data-testid="play-file"
      onClick={come === null ? start : stop}
    >
      {poster && <img src={poster} alt="" />}
      <span class="player-sign">
        <Icon name={come === null ? 'play' : 'close'} size={20} />
      </span>
      {come !== null && (
        <>
          <span class="player-come">{w.fileProgress(sizeText(come), sizeText(file.bytes))}</span>
          <progress class="file-progress" aria-label={name} value={come} max={Math.max(1, file.bytes)} />
        </>
      )}
    </button>
  )
}

interface PlayingProps extends PlayerProps {
  src: string | undefined
  /** It was asked for already. */
  at?: 'once'
}

function Playing({ file, src, failed, at }: PlayingProps) {
  const host = useContext(Reading).files.value
  const name = plainName(file.name)
  const begin = useCallback(
    (player: HTMLMediaElement | null) => {
      // Where it may not begin by itself, it has a button for that.
      if (at === 'once') player?.play().catch(() => {})
    },
    [at],
  )
  if (kindOf(file) === 'audio') {
    return (
      // biome-ignore lint/a11y/useMediaCaption: whoever sends a recording has no captions for it
      <audio ref={begin} controls preload="none" src={src} aria-label={name} onError={failed} />
    )
  }
  const poster = host?.thumbUrl(file) ?? undefined
  return (
    // biome-ignore lint/a11y/useMediaCaption: whoever sends a film has no captions for it
    <video
      ref={begin}
      controls
      playsInline
      preload={poster === undefined ? 'metadata' : 'none'}
      poster={poster}
      src={src}
      aria-label={name}
      onError={failed}
    />
  )
}
