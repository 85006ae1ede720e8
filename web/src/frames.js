/** The frames of a playing video, and how many of them are computed a second. */

/** Tells when the video shows a frame that was not taken yet. */
export class Frames {
  constructor(video, signal) {
    this.video = video;
    this.fresh = false;
    this.wake = () => {};
    const next = (callback) =>
      video.requestVideoFrameCallback ? video.requestVideoFrameCallback(callback) : requestAnimationFrame(callback);
    const shown = () => {
      if (signal.aborted) return;
      this.fresh = true;
      this.wake();
      next(shown);
    };
    next(shown);
    signal.addEventListener("abort", () => this.wake());
    video.addEventListener("ended", () => this.wake());
  }

  /** Promise the newest frame as an ImageBitmap, when there is a new one; null once the video is over. */
  async take(signal) {
    if (!this.fresh && !signal.aborted && !this.video.ended) await new Promise((resolve) => (this.wake = resolve));
    if (signal.aborted || !this.fresh) return null;
    this.fresh = false;
    return createImageBitmap(this.video).catch(() => null);
  }
}

/** Counts frames over the last second. */
export class Rate {
  constructor() {
    this.times = [];
  }

  /** Add a frame that was done at `now` milliseconds; return frames a second. */
  add(now) {
    this.times.push(now);
    while (now - this.times[0] > 1000) this.times.shift();
    const span = now - this.times[0];
    return span > 0 ? (1000 * (this.times.length - 1)) / span : 0;
  }
}
