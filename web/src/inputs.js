/** Files that are chosen, dropped or pasted. */

/** Call `take` with each file; call `refuse` with a line where something else was dropped or pasted. */
export function listen(take, refuse) {
  const [file, stage] = ["#file", "#stage"].map((name) => document.querySelector(name));
  document.querySelector("#choose").addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    if (file.files.length) take(file.files[0]);
    file.value = "";
  });
  document.addEventListener("paste", (event) => transferred(event, event.clipboardData, "pasted"));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    stage.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) stage.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    stage.classList.remove("over");
    transferred(event, event.dataTransfer, "dropped");
  });

  function transferred(event, data, how) {
    event.preventDefault();
    if (data?.files.length) take(data.files[0]);
    else refuse(`Expected a picture. Received: something else was ${how}.`);
  }
}
