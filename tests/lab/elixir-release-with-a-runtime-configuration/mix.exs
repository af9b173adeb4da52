defmodule Shop.MixProject do
  use Mix.Project
  def project, do: [app: :shop, version: "0.1.0", releases: [shop: [reboot_system_after_config: true]]]
  def application, do: [extra_applications: [:logger]]
end
