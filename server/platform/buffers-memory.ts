/**
 * How the JavaScript engine counts the bytes of buffers, which lie outside of its heap.
 *
 * By itself it begins a collection of everything whenever 64 MB of buffers were made since the last one, however many of them
 * are still in use: in a transfer of files every 60 ms, on its own thread and two others, which took a quarter of the time of
 * a download and half of that of an upload. Counted together with the heap they are collected when the whole has grown by its
 * usual share. Tried with the engine of Node 24; another one's is left as it is.
 */
import { setFlagsFromString } from 'node:v8'

const engineTried = /^13\./

export function countBuffersWithHeap(): void {
  if (engineTried.test(process.versions.v8)) setFlagsFromString('--external-memory-accounted-in-global-limit')
}
