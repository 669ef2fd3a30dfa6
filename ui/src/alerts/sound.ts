/** Two soft notes, a fifth apart: how high in Hz, and after how many seconds. */
const NOTES = [
  [587.33, 0],
  [880, 0.09],
] as const
const SECONDS = 0.32
const VOLUME = 0.12

let context: AudioContext | null = null

/** A short, soft sound, made here. Where the page may make none just now, or has nothing to, it is silent. */
export function chime(): void {
  try {
    context ??= new AudioContext()
    const audio = context
    // Browsers hold a page's sound back until somebody has touched it.
    if (audio.state === 'suspended') audio.resume().then(() => play(audio), silent)
    else play(audio)
  } catch {
    // No sound card, or no such thing as sound in this browser.
  }
}

const silent = () => {}

function play(audio: AudioContext): void {
  for (const [pitch, after] of NOTES) {
    const begins = audio.currentTime + after
    const tone = new OscillatorNode(audio, { type: 'sine', frequency: pitch })
    const volume = new GainNode(audio, { gain: 0 })
    volume.gain.setValueAtTime(0, begins)
    volume.gain.linearRampToValueAtTime(VOLUME, begins + 0.012)
    volume.gain.exponentialRampToValueAtTime(0.0001, begins + SECONDS)
    tone.connect(volume).connect(audio.destination)
    tone.start(begins)
    tone.stop(begins + SECONDS)
  }
}
