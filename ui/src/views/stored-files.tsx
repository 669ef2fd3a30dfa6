import './more-icons'
import { useContext, useEffect, useState } from 'preact/hooks'
import { isToBeShown, kindOf } from '../files/kinds'
import type { Size } from '../files/layout'
import { plainName } from '../files/names'
import { media } from '../look'
import { FileError } from '../transport/files'
import type { Event, FileInfo } from '../wire.gen'
import { sizeText } from '../words/size'
import { words } from '../words/words'
import { namedFile } from './called'
import { FileCard } from './file-card'
import { FileName } from './file-name'
import { Icon } from './icon'
import { Pictures } from './pictures'
import { Player, plays } from './player'
import { Reading } from './reading'

/** Up to this size what moves is shown moving; what is larger is first to be looked at. */
const MOST_MOVING_BYTES = 4 * 1024 * 1024

const still = media('(prefers-reduced-motion: reduce)')

/** Why a file isn't shown: it couldn't be loaded, or isn't there any more. */
type Broken = 'unshown' | 'gone'

/** The files of a message in the log: pictures together, then the others, each in its own way. */
export function StoredFiles({ event, files }: { event: Event; files: readonly FileInfo[] }) {
  const { files: host, online, acts } = useContext(Reading)
  const [broken, setBroken] = useState<ReadonlyMap<string, Broken>>(new Map())
  const isOnline = online.value
  // What couldn't be loaded while the host was away may be there again.
  useEffect(() => {
    if (isOnline) setBroken((before) => new Map([...before].filter(([, why]) => why === 'gone')))
  }, [isOnline])

  const failed = (file: FileInfo) => {
    const mark = (why: Broken) => setBroken((before) => new Map(before).set(file.hash, why))
    mark('unshown')
    host.value?.check(file).catch((error: unknown) => {
      if (isGone(error)) mark('gone')
    })
  }
  const pictures = files.flatMap((file, at) => {
    const { width, height } = file
    return width && height && !broken.has(file.hash) ? [{ file, at, size: { width, height } }] : []
  })
  const others = files.filter((file) => !pictures.some((it) => it.file === file))
  return (
    // What it is was said in a sentence of its own, for those who listen to what comes.
    <div class="files" aria-live="off">
      {pictures.length > 0 && (
        <Pictures
          all={pictures.map(({ file, at, size }) => ({
            key: `${at}`,
            size,
            picture: (
              <StoredPicture
                file={file}
                size={size}
                preview={acts?.previews(event.id)[at] ?? null}
                view={() => acts?.view(event, at)}
                failed={() => failed(file)}
              />
            ),
          }))}
        />
      )}
      {others.map((file, at) => (
        <StoredFile
          key={`${file.hash} ${at}`}
          file={file}
          broken={broken.get(file.hash)}
          failed={() => failed(file)}
        />
      ))}
    </div>
  )
}

interface PictureProps {
  file: FileInfo
  size: Size
  /** One's own, as it was before it was sent. */
  preview: string | null
  view: () => void
  failed: () => void
}

function StoredPicture({ file, size, preview, view, failed }: PictureProps) {
  const { files: host } = useContext(Reading)
  const moving = file.media === 'image/gif' && file.bytes <= MOST_MOVING_BYTES && !still.value
  const small = moving ? null : (preview ?? host.value?.thumbUrl(file))
  const src = small ?? host.value?.url(file)
  return (
    <button
      type="button"
      class="picture-button"
      aria-haspopup="dialog"
      title={plainName(file.name)}
      data-testid="picture"
      onClick={view}
    >
      <img
        src={src}
        alt={plainName(file.name)}
        width={size.width}
        height={size.height}
        loading="lazy"
        decoding={preview === null ? 'async' : 'sync'}
        draggable={false}
        onError={failed}
      />
    </button>
  )
}

interface StoredFileProps {
  file: FileInfo
  broken: Broken | undefined
  failed: () => void
}

function StoredFile({ file, broken, failed }: StoredFileProps) {
  const { files: host } = useContext(Reading)
  const playable = !broken && plays(file, host.value)
  const line = <FileLine file={file} broken={playable || broken ? broken : 'unshown'} />
  const player = playable && <Player file={file} failed={failed} />
  if (player && kindOf(file) === 'video') {
    return (
      <div class="film" data-testid="film">
        {player}
        <div class="film-about">
          <FileName name={file.name} />
          <span class="file-line">{line}</span>
          <SaveButton file={file} />
        </div>
      </div>
    )
  }
  return (
    <FileCard name={file.name} media={file.media} line={line} wrong={broken === 'gone'}>
      {broken !== 'gone' && <SaveButton file={file} whole={!player} />}
      {player}
    </FileCard>
  )
}

function FileLine({ file, broken }: { file: FileInfo; broken: Broken | undefined }) {
  const w = words.value
  if (broken === 'gone') return <span data-testid="gone-file">{w.goneFile}</span>
  const size = sizeText(file.bytes)
  return broken === 'unshown' && isToBeShown(file) ? (
    <span>
      {size} · {w.cantShow}
    </span>
  ) : (
    size
  )
}

interface SaveProps {
  file: FileInfo
  large?: boolean
  /** All of the card it stands in is pressed for it. */
  whole?: boolean
}

/** Saves a file, and says how that went as far as it is known: a browser shows it itself. */
export function SaveButton({ file, large = false, whole = false }: SaveProps) {
  const { files: host, openLink } = useContext(Reading)
  const [state, setState] = useState<'saving' | 'saved' | string | null>(null)
  const w = words.value
  const reasons: Record<string, string> = w.saveFailures
  const save = async () => {
    if (!host.value || state === 'saving') return
    setState('saving')
    try {
      const saved = await host.value.save(file)
      // In the app it is there by now; a browser has only begun.
      setState(saved && openLink ? 'saved' : null)
    } catch (error) {
      setState(isGone(error) ? 'gone' : error instanceof FileError ? error.code : 'other')
    }
  }
  const said =
    state === null
      ? ''
      : state === 'saving'
        ? openLink
          ? w.savingFile
          : ''
        : state === 'saved'
          ? w.savedFile
          : state === 'gone'
            ? w.goneFile
            : (reasons[state] ?? w.saveFailures.other)
  const wrong = state !== null && state !== 'saving' && state !== 'saved'
  return (
    <>
      <button
        type="button"
        class={`icon-button ${large ? '' : 'small'} ${whole ? 'whole' : ''}`}
        aria-label={w.saveFile(namedFile(file.name))}
        title={w.saveFile(namedFile(file.name))}
        data-testid="save-file"
        onClick={save}
      >
        <Icon name={state === 'saved' ? 'check' : 'save'} size={large ? 20 : 16} />
      </button>
      <span class={wrong ? 'file-said wrong' : 'file-said'} role="status" data-testid="file-said">
        {said}
      </span>
    </>
  )
}

const isGone = (error: unknown) =>
  error instanceof FileError && (error.code === 'file_gone' || error.code === 'no_such_file')
