import { wellFormedJson } from '../text/characters'
import type { FileInfo, Upload } from '../wire.gen'
import { FileError, type Files, pathOf, read } from './files'

/** Enough to be worth a request, and little to send again after a cut. */
const PART = 4 * 1024 * 1024

/** A browser's side: requests to the page's own origin. */
export function browserFiles(room: string, ticket: string): Files {
  const about = (upload: string) => `/files/${room}/uploads/${upload}`
  const ask = async (method: string, path: string, body?: Blob | string, signal?: AbortSignal) => {
    let status: number
    let text: string
    try {
      const answer = await fetch(path, {
        method,
        headers: {
          authorization: `Bearer ${ticket}`,
          'content-type': typeof body === 'string' ? 'application/json' : 'application/octet-stream',
        },
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
        cache: 'no-store',
        credentials: 'omit',
      })
      status = answer.status
      text = await answer.text()
    } catch (error) {
      if (signal?.aborted) throw error
      throw new FileError('unreachable', String(error))
    }
    return { status, text }
  }
  const upload = async (...request: Parameters<typeof ask>): Promise<Upload> => {
    const { status, text } = await ask(...request)
    return read(status, text)
  }
  const url = (hash: string, name: string) => pathOf(room, hash, name, ticket)
  return {
    part: PART,
    begin: (meta, signal) => upload('POST', `/files/${room}`, wellFormedJson(meta), signal),
    put: (id, offset, part, signal) => upload('PATCH', `${about(id)}?offset=${offset}`, part, signal),
    offset: (id, signal) => upload('GET', about(id), undefined, signal),
    thumb: (id, picture, signal) => upload('PUT', `${about(id)}/thumb`, picture, signal),
    async cancel(id) {
      const { status, text } = await ask('DELETE', about(id))
      if (status !== 204 && status !== 404) read(status, text)
    },
    url: (file) => url(file.hash, file.name),
    bring: null,
    thumbUrl: (file) => (file.thumb === undefined ? null : url(file.thumb, 'thumb')),
    check: (file) => exists(url(file.hash, file.name)),
    async save(file) {
      await exists(url(file.hash, file.name))
      download(file, `${url(file.hash, file.name)}&download`)
      return true
    },
  }
}

/** Asks first, lest the browser saves the refusal instead. */
async function exists(path: string): Promise<void> {
  let status: number
  try {
    status = (await fetch(path, { method: 'HEAD', cache: 'no-store', credentials: 'omit' })).status
  } catch (error) {
    throw new FileError('unreachable', String(error))
  }
  if (status === 401) throw new FileError('bad_ticket', 'the ticket is no longer good')
  if (status === 404) throw new FileError('no_such_file', 'no message here has such a file')
  if (status === 410) throw new FileError('file_gone', 'the host no longer has the file')
  if (status >= 400) throw new FileError('unreachable', `an answer with status ${status}`)
}

function download(file: FileInfo, path: string): void {
  const link = document.createElement('a')
  link.href = path
  link.download = file.name
  document.body.append(link)
  link.click()
  link.remove()
}
