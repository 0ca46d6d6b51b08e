// Unpacks the figures' script, draws every figure, closes the data tables that the figures stand for.
// Without scripts, or without DecompressionStream, the tables stay open and say the same.
(() => {
  "use strict";
  const plots = Array.from(document.querySelectorAll(".plot"));
  const packed = document.getElementById("plotly-packed");
  const root = document.documentElement;
  root.dataset.figures = "none";
  if (!plots.length || !packed || !("DecompressionStream" in window)) return;
  root.dataset.figures = "drawing";
  plots.forEach((plot) => plot.closest(".exhibit").querySelectorAll("details.data").forEach((data) => { data.open = false; }));

  const unpacked = async () => {
    const bytes = Uint8Array.from(atob(packed.textContent.trim()), (sign) => sign.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
    packed.remove();
    if (!window.Plotly) throw new Error("the figures' script did not run");
  };

  const draw = async (plot) => {
    const figure = JSON.parse(plot.nextElementSibling.textContent);
    const layout = Object.assign({}, figure.layout, { autosize: true });
    const config = { displayModeBar: false, responsive: true, staticPlot: false, typesetMath: false, showTips: false };
    await window.Plotly.newPlot(plot, figure.data, layout, config);
    plot.dataset.height = plot.layout.height;
    plot.dataset.drawn = "yes";
  };

  const failed = (plot) => {
    plot.hidden = true;
    plot.closest(".exhibit").querySelectorAll("details.data").forEach((data) => { data.open = true; });
  };

  const drawAll = async () => {
    try {
      await unpacked();
    } catch (error) {
      plots.forEach(failed);
      root.dataset.figures = "failed";
      throw error;
    }
    for (const plot of plots) {
      try {
        await draw(plot);
      } catch (error) {
        failed(plot);
        console.error(error);
      }
    }
    root.dataset.figures = "drawn";
  };

  // On paper a figure is as wide as the sheet allows, whatever the window was.
  const sheet = { width: 660, most: 285 };
  const sized = (plot, printing) => {
    if (!plot.dataset.drawn) return;
    const height = Number(plot.dataset.height);
    const lower = height > 480 ? height : Math.min(height, sheet.most);
    window.Plotly.relayout(plot, printing ? { autosize: false, width: sheet.width, height: lower } : { autosize: true, width: null, height });
  };
  window.addEventListener("beforeprint", () => plots.forEach((plot) => sized(plot, true)));
  window.addEventListener("afterprint", () => plots.forEach((plot) => sized(plot, false)));
  drawAll();
})();
