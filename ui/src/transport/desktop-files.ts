import type { FileAnswer, ShellError } from '../shell.gen'
import { wellFormedJson } from '../text/characters'
import type { Wanted } from './archive'
import { FileError, type Files, pathOf, read } from './files'

/** What this takes of Tauri's, which `desktop.ts` alone imports. */
export interface Ipc {
  invoke<T>(
    command: string,
    args?: Record<string, unknown> | Uint8Array,
    options?: { headers: Record<string, string> },
  ): Promise<T>
  /** The address under which a scheme of the shell's has this path. */
  convertFileSrc(path: string, scheme: string): string
}

/** Each part is copied into the shell. */
const PART = 512 * 1024

/** The shell's scheme, under which pictures, video and sound come in. */
const SCHEME = 'snug-file'

/**
 * The app's side: the shell makes the requests, to a room there is a connection to and to no one else. What
 * it may ask for is in its own hands: the page names the step, never a method or a path.
 */
export function desktopFiles(
  ipc: Ipc,
  address: () => string,
  room: string,
  ticket: string,
  /** Whether the webview plays what comes under the scheme as it comes in. */
  streams: boolean,
): Files {
  const ask = async (
    step: 'begin' | 'put' | 'offset' | 'thumb' | 'cancel',
    upload: string,
    body: Uint8Array,
    offset = 0,
  ): Promise<FileAnswer> => {
    const headers = {
      'snug-step': step,
      'snug-address': address(),
      'snug-room': room,
      'snug-ticket': ticket,
      'snug-upload': upload,
      'snug-offset': String(offset),
    }
    try {
      return await ipc.invoke<FileAnswer>('about_upload', body, { headers })
    } catch (error) {
      throw unreachable(error)
    }
  }
  const upload = async (signal: AbortSignal | undefined, ...request: Parameters<typeof ask>) => {
    signal?.throwIfAborted()
    const { status, text } = await ask(...request)
    signal?.throwIfAborted()
    return read(status, text)
  }
  const bytes = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer())
  const url = (hash: string, name: string) =>
    ipc.convertFileSrc(`${address()}${pathOf(room, hash, name, ticket)}`, SCHEME)
  return {
    part: PART,
    begin: (meta, signal) => upload(signal, 'begin', '', new TextEncoder().encode(wellFormedJson(meta))),
    put: async (id, offset, part, signal) => upload(signal, 'put', id, await bytes(part), offset),
    offset: (id, signal) => upload(signal, 'offset', id, new Uint8Array()),
    thumb: async (id, picture, signal) => upload(signal, 'thumb', id, await bytes(picture)),
    async cancel(id) {
      const { status, text } = await ask('cancel', id, new Uint8Array())
      if (status !== 204 && status !== 404) read(status, text)
    },
    url: (file) => url(file.hash, file.name),
    bring: streams
      ? null
      : async ({ hash, name, bytes, media }, heard, signal) => {
          const pieces: ArrayBuffer[] = []
          let from = 0
          while (from < bytes) {
            signal.throwIfAborted()
            const asked = { address: address(), room, ticket, hash, name, from }
            const piece = await ipc.invoke<ArrayBuffer>('bring_file', asked).catch((error) => {
              throw saving(error)
            })
            pieces.push(piece)
            from += piece.byteLength
            heard(from)
          }
          signal.throwIfAborted()
          return new Blob(pieces, { type: media })
        },
    thumbUrl: (file) => (file.thumb === undefined ? null : url(file.thumb, 'thumb')),
    check: ({ hash, name }) =>
      ipc.invoke<void>('check_file', { address: address(), room, ticket, hash, name }).catch((error) => {
        throw saving(error)
      }),
    async save({ hash, name }) {
      try {
        return await ipc.invoke<boolean>('save_file', { address: address(), room, ticket, hash, name })
      } catch (error) {
        throw saving(error)
      }
    },
  }
}

/** Has the shell save a room's archive; it tells `progress`, a channel of Tauri's, how many bytes are there. */
export async function desktopArchive(
  ipc: Ipc,
  address: string,
  { room, ticket, name, language, zone }: Wanted,
  progress: { id: number },
  signal: AbortSignal,
): Promise<boolean> {
  const stop = () => void ipc.invoke<void>('stop_archive', { archive: progress.id }).catch(() => {})
  signal.addEventListener('abort', stop)
  try {
    return await ipc.invoke<boolean>('save_archive', {
      address,
      room,
      ticket,
      name: `${name}.zip`,
      language,
      zone,
      progress,
    })
  } catch (error) {
    throw saving(error)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function unreachable(error: unknown): FileError {
  const { code, message } = (error ?? {}) as Partial<ShellError>
  return new FileError('unreachable', message ?? code ?? String(error))
}

function saving(error: unknown): FileError {
  const { code, message = String(error) } = (error ?? {}) as Partial<ShellError>
  switch (code) {
    case 'no_such_file':
    case 'file_gone':
    case 'bad_ticket':
    case 'too_many_exports':
      return new FileError(code, message)
    case 'disk_full':
      return new FileError('no_room_here', message)
    case 'io':
      return new FileError('not_saved', message)
    default:
      return unreachable(error)
  }
}
