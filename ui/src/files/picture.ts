import type { Look } from '../room/uploads'

/** As the relay has them: larger thumbnails are refused. */
export interface ThumbLimits {
  bytes: number
  pixels: number
}

/** A picture up to this size is its own thumbnail, unless it moves. */
const SMALL_BYTES = 48 * 1024
/** A film that hasn't shown its first picture by then goes without. */
const FILM_MS = 4_000
/** Transparent parts of what can only be kept without: a ground that is bearable in both themes. */
const GROUND = '#ffffff'

const SHOWN_BY_BROWSERS = /^image\/(?:jpeg|png|gif|webp|avif|bmp)$/

/**
 * How a file looks, made out in the page so that no host has to decode pictures. A picture is taken
 * as it is shown, a photograph's own turn included. Null for what isn't one, or can't be read.
 */
export async function lookAt(file: File, limits: ThumbLimits): Promise<Look | null> {
  if (file.size === 0) return null
  const url = URL.createObjectURL(file)
  try {
    if (SHOWN_BY_BROWSERS.test(file.type)) return await ofPicture(url, file, limits)
    if (file.type.startsWith('video/')) return await ofFilm(url, limits)
    return null
  } catch {
    return null
  } finally {
    URL.revokeObjectURL(url)
  }
}

async function ofPicture(url: string, file: File, limits: ThumbLimits): Promise<Look> {
  const image = new Image()
  image.src = url
  await image.decode()
  const { naturalWidth: width, naturalHeight: height } = image
  const small =
    file.type !== 'image/gif' && Math.max(width, height) <= limits.pixels && file.size <= SMALL_BYTES
  const thumb = small && width > 0 ? null : await thumbOf(image, width, height, limits)
  return { width, height, thumb }
}

async function ofFilm(url: string, limits: ThumbLimits): Promise<Look | null> {
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  video.preload = 'auto'
  try {
    const there = first(video, 'loadeddata')
    video.src = url
    await there
    // The very first picture of many films is black.
    const sought = first(video, 'seeked')
    video.currentTime = Math.min(1, (video.duration || 0) / 10)
    await sought
    const { videoWidth: width, videoHeight: height } = video
    return width > 0 ? { width, height, thumb: await thumbOf(video, width, height, limits) } : null
  } finally {
    video.removeAttribute('src')
    video.load()
  }
}

function first(video: HTMLVideoElement, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event}`)), FILM_MS)
    const settle = (settled: () => void) => () => {
      clearTimeout(timer)
      settled()
    }
    video.addEventListener(event, settle(resolve), { once: true })
    video.addEventListener(
      'error',
      settle(() => reject(new Error('no film'))),
      { once: true },
    )
  })
}

/** A small picture within the limits, the best that fits; null where none does. */
async function thumbOf(
  source: CanvasImageSource,
  width: number,
  height: number,
  limits: ThumbLimits,
): Promise<Blob | null> {
  for (const share of [1, 0.75, 0.5, 0.25]) {
    const scale = Math.min(1, (limits.pixels * share) / Math.max(width, height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(width * scale))
    canvas.height = Math.max(1, Math.round(height * scale))
    const context = canvas.getContext('2d')
    if (!context) return null
    context.imageSmoothingQuality = 'high'
    context.drawImage(source, 0, 0, canvas.width, canvas.height)
    for (const quality of [0.8, 0.6, 0.4]) {
      const blob = await encoded(canvas, context, quality)
      if (blob && blob.size <= limits.bytes) return blob
    }
  }
  return null
}

/** As WebP, or as JPEG where the browser can't write that. */
async function encoded(
  canvas: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  quality: number,
): Promise<Blob | null> {
  const webp = await blobOf(canvas, 'image/webp', quality)
  if (webp?.type === 'image/webp') return webp
  context.globalCompositeOperation = 'destination-over'
  context.fillStyle = GROUND
  context.fillRect(0, 0, canvas.width, canvas.height)
  return blobOf(canvas, 'image/jpeg', quality)
}

const blobOf = (canvas: HTMLCanvasElement, type: string, quality: number) =>
  new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality))
