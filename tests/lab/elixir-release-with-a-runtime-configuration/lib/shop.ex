defmodule Shop do
  def hello, do: :world
end
