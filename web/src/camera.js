/** The webcam, or a video file, in the video element. */

const SIZE = { width: { ideal: 640 }, height: { ideal: 480 } };
const REASONS = {
  NotAllowedError: "The browser did not allow the webcam. Allow it for this page, or choose a photo.",
  NotFoundError: "Expected a webcam. Received: none. Choose a photo instead.",
  NotReadableError: "The webcam is used by another program. Close that, or choose a photo.",
};

/** Promise {stream, mirrored} of the camera `deviceId` ("" for any); rejects with one line. */
export async function openCamera(video, deviceId = "") {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error("Expected a page at https or on this machine, for the webcam. Received: another address.");
  }
  const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "user" };
  const wanted = { video: { ...SIZE, ...which }, audio: false };
  const stream = await navigator.mediaDevices.getUserMedia(wanted).catch((error) => {
    throw new Error(REASONS[error.name] ?? `The webcam did not start: ${error.message}`);
  });
  video.srcObject = stream;
  await video.play();
  return { stream, mirrored: stream.getVideoTracks()[0].getSettings().facingMode !== "environment" };
}

/** Promise the cameras [{deviceId, label}]; they have labels once one was allowed. */
export async function cameras() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === "videoinput");
}

/** Play a video file; rejects with one line where the browser cannot. */
export async function openVideo(video, blob) {
  video.src = URL.createObjectURL(blob);
  await video.play().catch(() => {
    throw new Error(`Expected a video that this browser can play. Received: “${blob.name}”, ${blob.type}.`);
  });
}

/** Let go of the camera or file. */
export function close(video) {
  video.pause();
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  if (!video.src) return;
  URL.revokeObjectURL(video.src);
  video.removeAttribute("src");
  video.load();
}
