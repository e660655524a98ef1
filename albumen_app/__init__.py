"""The one package that an installation puts beside other people's.

`services`, `models` and `clients` are names that anybody may use for packages of their own. So they lie inside this
package, and a process of Albumen puts the folder that holds them first on its own import path, and nobody else's.
"""
