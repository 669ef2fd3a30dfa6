import { describe, expect, it } from 'vitest'
import { desktopFiles, type Ipc } from './desktop-files'
import { FileError, pathOf, read } from './files'

describe('an answer', () => {
  it('is an upload, or the error it names', () => {
    expect(read(200, '{"upload":"u","offset":7}')).toEqual({ upload: 'u', offset: 7 })
    expect(() => read(409, '{"code":"wrong_offset","message":"no","offset":3}')).toThrow(
      new FileError('wrong_offset', 'no', 3),
    )
  })

  it('of anything but a relay is none', () => {
    for (const [status, text] of [
      [200, '<html>'],
      [200, '{}'],
      [502, 'bad gateway'],
      [401, 'null'],
    ] as const) {
      expect(() => read(status, text)).toThrow(expect.objectContaining({ code: 'unreachable' }))
    }
  })
})

describe('a path', () => {
  it('holds any name', () => {
    expect(pathOf('den', 'ab', 'a/../b?c#d "e".jpg', 'm.x')).toBe(
      '/files/den/ab/a%2F..%2Fb%3Fc%23d%20%22e%22.jpg?ticket=m.x',
    )
  })
})

describe('the app', () => {
  const asked: unknown[] = []
  const ipc = (answer: unknown): Ipc => ({
    invoke: async <T>(...request: unknown[]) => {
      asked.push(request)
      if (answer instanceof Error) throw { code: 'not_connected', message: answer.message }
      return answer as T
    },
    convertFileSrc: (path, scheme) => `${scheme}://localhost/${encodeURIComponent(path)}`,
  })

  it('names a step and sends the part as bytes', async () => {
    const files = desktopFiles(
      ipc({ status: 200, text: '{"upload":"u","offset":2}' }),
      () => 'den:1',
      'r',
      'm.x',
      true,
    )
    expect(await files.put('u', 0, new Blob(['hi']))).toEqual({ upload: 'u', offset: 2 })
    expect(asked.pop()).toEqual([
      'about_upload',
      new Uint8Array([104, 105]),
      {
        headers: {
          'snug-step': 'put',
          'snug-address': 'den:1',
          'snug-room': 'r',
          'snug-ticket': 'm.x',
          'snug-upload': 'u',
          'snug-offset': '0',
        },
      },
    ])
  })

  it('has a file saved from where the room is reached now', async () => {
    let address = 'den:1'
    const files = desktopFiles(ipc(true), () => address, 'r', 'm.x', true)
    address = 'den:2'
    expect(await files.save({ hash: 'ab', name: 'a', bytes: 1, media: '' })).toBe(true)
    expect(asked.pop()).toEqual([
      'save_file',
      { address: 'den:2', room: 'r', ticket: 'm.x', hash: 'ab', name: 'a' },
    ])
  })

  it('brings in, piece by piece, what its webview plays only whole', async () => {
    const pieces = [3, 2].map((length) => new Uint8Array(length).buffer)
    const pieceByPiece: Ipc = {
      ...ipc(null),
      invoke: async <T>(...request: unknown[]) => {
        asked.push(request)
        return pieces.shift() as T
      },
    }
    expect(desktopFiles(pieceByPiece, () => 'den:1', 'r', 'm.x', true).bring).toBeNull()
    const film = { hash: 'ab', name: 'a', bytes: 5, media: 'video/mp4' }
    const heard: number[] = []
    const { bring } = desktopFiles(pieceByPiece, () => 'den:1', 'r', 'm.x', false)
    const blob = await bring?.(film, (bytes) => heard.push(bytes), new AbortController().signal)
    expect([blob?.size, blob?.type, heard]).toEqual([5, 'video/mp4', [3, 5]])
    expect(asked.slice(-2)).toEqual(
      [0, 3].map((from) => [
        'bring_file',
        { address: 'den:1', room: 'r', ticket: 'm.x', hash: 'ab', name: 'a', from },
      ]),
    )
    const given = AbortSignal.abort()
    await expect(bring?.(film, () => {}, given)).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('cannot reach a room it has no connection to', async () => {
    const files = desktopFiles(ipc(new Error('closed')), () => 'den:1', 'r', 'm.x', true)
    await expect(files.offset('u')).rejects.toMatchObject({ code: 'unreachable' })
    await expect(files.save({ hash: 'ab', name: 'a', bytes: 1, media: '' })).rejects.toMatchObject({
      code: 'unreachable',
    })
  })
})
