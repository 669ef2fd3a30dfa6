import type { ErrorCode, FileInfo, FileRefusal, Upload } from '../wire.gen'

/**
 * Why something about a file failed: the relay's own code, or one of these.
 *
 * - `unreachable`: no answer. Ask for the `offset` and go on from there once the room is back.
 * - `not_saved`: the system kept the app from writing the file; `no_room_here` if its disk is full. The app
 *   only.
 *
 * Of the relay's, these say what to do: `wrong_offset` (go on at `offset`), `bad_ticket` (the member isn't in
 * the room just now: after the next welcome, with its ticket), `disk_full` and `room_files_full` (the host has
 * no room; for as long as it lasts), `no_such_upload` (begin anew), `file_gone` and `no_such_file` (the card
 * says so).
 */
export type FileErrorCode = ErrorCode | 'unreachable' | 'not_saved' | 'no_room_here'

/** The one error that everything here throws, besides an `AbortError` for what was aborted. */
export class FileError extends Error {
  constructor(
    readonly code: FileErrorCode,
    message: string,
    /** With `wrong_offset`: where the upload goes on. */
    readonly offset?: number,
  ) {
    super(message)
    this.name = 'FileError'
  }
}

/** What a file is, before any of it is sent. */
export interface Meta {
  name: string
  bytes: number
  /** `File.type`, often empty. */
  media: string
}

/**
 * The files of one room, for as long as one ticket is good: take a new one after each welcome, which costs
 * nothing. The ticket stays the same until the relay is started anew, and so do all addresses.
 *
 * To send a file: `begin` it, `put` part after part until an answer has a `file`, give it a `thumb` where it
 * is a picture, and name the upload in `NewMessage.files`. An upload goes into one message and is gone then;
 * one in no message goes after a day. A message that is sent again under its id needs no upload any more.
 *
 * After a cut, also of the relay itself, ask for the `offset` and go on. An empty file takes one empty part.
 */
export interface Files {
  /** How large a part should be, in bytes: smaller where each one is copied on its way. */
  readonly part: number
  /**
   * Throws `file_too_big`, `room_files_full`, `too_many_uploads`, `disk_full`, `bad_upload`, `bad_ticket`,
   * `unreachable`.
   */
  begin(meta: Meta, signal?: AbortSignal): Promise<Upload>
  /**
   * Sends what comes at `offset`: any part of any size. A part that is still on its way for the same upload is
   * cut off by it. With the last one the answer has the `file`.
   *
   * Throws `wrong_offset`, `no_such_upload`, `room_files_full`, `disk_full`, `bad_ticket`, `unreachable`.
   */
  put(upload: string, offset: number, part: Blob, signal?: AbortSignal): Promise<Upload>
  /** How far an upload has come. Cuts off a part that is still on its way, as a newer part does. */
  offset(upload: string, signal?: AbortSignal): Promise<Upload>
  /**
   * A small picture of it: JPEG, WebP or PNG within `Limits.thumb_bytes` and `thumb_pixels`. At any time
   * before the message, and in place of another once; it shows as `FileInfo.thumb`. Throws `bad_thumb` and
   * `disk_full`.
   */
  thumb(upload: string, picture: Blob, signal?: AbortSignal): Promise<Upload>
  /** Takes back an upload that is in no message. One that is gone already is no error. */
  cancel(upload: string): Promise<void>
  /** Where the content is, for `<img>`, `<video>` and `<audio>`: those, and nothing else, may load it. */
  url(file: FileInfo): string
  /**
   * Brings all of it in, for a webview that plays only what it has whole; null where `url` does. Tells how many bytes
   * are here. Throws as `check` does, and an `AbortError`.
   */
  bring: ((file: FileInfo, heard: (bytes: number) => void, signal: AbortSignal) => Promise<Blob>) | null
  /** Where its small picture is; null when there is none. */
  thumbUrl(file: FileInfo): string | null
  /**
   * Why it couldn't be loaded, which elements don't tell: throws `file_gone`, `no_such_file`, `bad_ticket` or
   * `unreachable` where that is why.
   */
  check(file: FileInfo): Promise<void>
  /**
   * Saves it: as browsers do, or where the person says in the system's dialog. False when they think better of
   * it. A browser tells nothing of how it went, the app is done when it is. Throws `file_gone`,
   * `no_such_file`, `bad_ticket`, `unreachable`, `not_saved`, `no_room_here`.
   */
  save(file: FileInfo): Promise<boolean>
}

/** The path of a file's content. */
export function pathOf(room: string, hash: string, name: string, ticket: string): string {
  return `/files/${room}/${hash}/${encodeURIComponent(name)}?ticket=${encodeURIComponent(ticket)}`
}

/** What an answer says, or throws what it refuses. */
export function read(status: number, text: string): Upload {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = null
  }
  if (typeof body === 'object' && body !== null) {
    if (status < 300 && 'upload' in body) return body as Upload
    if (status >= 400 && 'code' in body) {
      const { code, message, offset } = body as FileRefusal
      throw new FileError(code, message, offset)
    }
  }
  // Something between here and the relay, or no relay at all.
  throw new FileError('unreachable', `an answer with status ${status} that is none of a relay's`)
}
