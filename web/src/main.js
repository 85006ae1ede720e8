/** The page: what its controls do. */

import { Announcer, counted } from "./announce.js";
import { cameras, close, openCamera, openVideo } from "./camera.js";
import { readCard, showCard } from "./card.js";
import { Engine } from "./engine.js";
import { Frames, Rate } from "./frames.js";
import { listen } from "./inputs.js";
import { Results } from "./results.js";
import { Stage } from "./stage.js";
import { Timeline } from "./timeline.js";

const element = (name) => document.querySelector(name);
const [message, status, whole, camera, devices] = ["#message", "#status", "#whole", "#camera", "#devices"].map(element);
const [video, processor] = ["#video", "#processor"].map(element);

const card = await readCard().catch((error) => {
  refuse(error);
  throw error;
});
showCard(card);
const engine = new Engine();
const [stage, results, timeline] = [new Stage(card.classNames), new Results(card), new Timeline(card.classNames)];
const announcer = new Announcer(card.classNames);
let playing = new AbortController();
playing.abort();
let waiting = false;
stage.clear();

const ready = engine.open(card.side).then(({ hasGpu }) => {
  status.textContent = "Ready.";
  element("#processor-label").hidden = !hasGpu;
});
ready.catch((error) => refuse(new Error(`The model did not load. ${error.message}`)));

listen((file) => guarded(() => showFile(file)), (words) => refuse(new Error(words)));
camera.addEventListener("click", () => guarded(playing.signal.aborted ? showCamera : stop));
devices.addEventListener("change", () => guarded(showCamera));
element("#example").addEventListener("click", () => guarded(showExample));
processor.addEventListener("change", () => guarded(changeProcessor));

/** Do `action`; where it fails, say why and go on. */
async function guarded(action) {
  message.hidden = true;
  try {
    await ready;
    await action();
  } catch (error) {
    refuse(error);
  }
}

function refuse(error) {
  message.textContent = error.message;
  message.hidden = false;
  if (status.textContent.endsWith("…")) status.textContent = "";
}

async function changeProcessor() {
  const before = status.textContent;
  status.textContent = "Loading the model …";
  try {
    await engine.accelerator(processor.value);
    status.textContent = before;
  } catch (error) {
    processor.value = "wasm";
    await engine.accelerator(processor.value);
    throw error;
  }
}

function showFile(file) {
  return file.type.startsWith("video/") ? showVideo(file) : showPhoto(file);
}

async function showExample() {
  const response = await fetch(new URL("drawn.png", document.baseURI));
  await showPhoto(await response.blob());
}

async function showPhoto(blob, asOne = false) {
  stop();
  results.show([], "None yet.");
  stage.clear();
  status.textContent = "Looking for faces …";
  const began = performance.now();
  const seen = await engine.photo(blob, asOne);
  const milliseconds = Math.round(performance.now() - began);
  stage.showPhoto(await createImageBitmap(blob));
  stage.mark(seen);
  results.show(seen.faces);
  announcer.photo(seen.faces);
  const what = seen.whole ? "Taken as one face" : counted(seen.faces.length).slice(0, -1);
  status.textContent = `${what}, ${milliseconds} ms.`;
  whole.hidden = seen.faces.length > 0;
  whole.onclick = () => guarded(() => showPhoto(blob, true));
}

async function showVideo(file) {
  stop();
  status.textContent = "Opening the video …";
  await openVideo(video, file);
  await play(false, () => video.currentTime);
}

async function showCamera() {
  if (waiting) return;
  stop();
  status.textContent = "Waiting for the webcam …";
  waiting = true;
  const { stream, mirrored } = await openCamera(video, devices.value).finally(() => (waiting = false));
  await listCameras(stream.getVideoTracks()[0].getSettings().deviceId);
  const began = performance.now();
  await play(mirrored, () => (performance.now() - began) / 1000);
}

async function listCameras(current) {
  const all = await cameras();
  devices.replaceChildren(...all.map(({ label, deviceId }, at) => new Option(label || `Camera ${at + 1}`, deviceId)));
  devices.value = current;
  element("#devices-label").hidden = all.length < 2;
}

/** Compute frame after frame until the video ends or is stopped. @param clock tells the current frame's seconds. */
async function play(mirrored, clock) {
  const { signal } = (playing = new AbortController());
  camera.textContent = "Stop";
  stage.showVideo(mirrored);
  for (const each of [timeline, announcer]) each.restart();
  await engine.restart();
  try {
    await playFrames(signal, clock);
  } finally {
    if (!signal.aborted) stop();
  }
}

async function playFrames(signal, clock) {
  const [frames, rate] = [new Frames(video, signal), new Rate()];
  for (let bitmap; (bitmap = await frames.take(signal)); ) {
    const [seconds, began] = [clock(), performance.now()];
    const seen = await engine.frame(bitmap, seconds);
    if (signal.aborted) return;
    const now = performance.now();
    showFrame(seen, seconds, rate.add(now), now - began);
  }
}

function showFrame(seen, seconds, rate, milliseconds) {
  stage.mark(seen);
  results.show(seen.faces);
  timeline.add(seen.faces, seconds);
  announcer.frame(seen.faces, seconds);
  const speed = `${rate.toFixed(0)} frames/s, ${milliseconds.toFixed(0)} ms a frame`;
  status.textContent = `${speed}, ${seen.width}×${seen.height}.`;
}

/** Stop the camera or video; its last result stays. */
function stop() {
  whole.hidden = true;
  if (playing.signal.aborted) return;
  playing.abort();
  close(video);
  camera.textContent = "Start the webcam";
  stage.clear();
  status.textContent = "Stopped.";
}
