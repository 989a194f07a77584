# fish completion for duplex

# The words have no quotes, and nothing in them is expanded: a line that is being typed must
# not run.
function __duplex_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    type -q -- $words[1]; or set words[1] duplex # a variable
    set -l lines ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
    set -l flag (string match -r -- '^-[^=]*=' "$current")
    set -l directive (string replace : '' -- $lines[-1])
    set -e lines[-1]
    for line in $lines
        echo "$flag$line"
    end
    if test -z "$lines" -a "$directive" = 0
        for file in (__fish_complete_path (string replace -- "$flag" '' "$current"))
            echo "$flag$file"
        end
    end
end

complete -c duplex -e
complete -c duplex -f -a '(__duplex_complete)'
