// Draws each <figure data-chart> from the Vega-Lite specification beside it, and offers its picture.
// "ast" lets Vega interpret expressions instead of compiling them, which the content security policy would refuse.
for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const spec = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  const options = { ast: true, actions: false, renderer: "canvas", defaultStyle: false, tooltip: { disableDefaultStyle: true } };
  vegaEmbed(figure.querySelector(".drawing"), spec, options).then(({ view }) => {
    figure.dataset.drawn = "yes";
    for (const button of figure.querySelectorAll("button[data-picture]")) {
      button.addEventListener("click", async () => {
        const link = document.createElement("a");
        link.href = await view.toImageURL(button.dataset.picture, 2);
        link.download = `${figure.dataset.chart}.${button.dataset.picture}`;
        link.click();
      });
    }
  });
}
