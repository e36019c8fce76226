; The setup program: for the user who runs it, without administrator's rights, into %LOCALAPPDATA%\Programs\pkcc-tray.
;
;   pkcc-tray-VERSION-setup.exe /S [/AUTOSTART=1|0] [/PATH=0] [/START=1] [/D=C:\where]   silent
;   uninstall.exe /S [/OFF=0]       silent; puts Claude Code's settings back unless /OFF=0
;
; Exit codes: 0 done, 1 cancelled, 2 not possible (a running pkcc-tray does not end: nothing was changed).
; Defined by the build: VERSION, VERSION_4 (four numbers), SOURCE (PyInstaller's folder), ICON, OUTPUT.
; With TARGET: a 64-bit one, since Wine without its 32-bit half runs no other; NSIS for Windows makes 32-bit ones.
!ifdef TARGET
  Target "${TARGET}"
!endif
Unicode true
ManifestDPIAware true
SetCompressor /SOLID lzma
; Both programs carry the same modules, compressed already. Looking back the usual 8 MB, LZMA would pack them twice.
SetCompressorDictSize 64
RequestExecutionLevel user
Name "pkcc-tray"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\pkcc-tray"
InstallDirRegKey HKCU "Software\pkcc-tray" "InstallDir"

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinMessages.nsh
!include StrFunc.nsh
${StrRep}
${UnStrRep}

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\pkcc-tray"
!define LINK_KEY "Software\Classes\pkcc-tray"
!define CONSOLE "$INSTDIR\pkcc-tray.exe"
!define WINDOWED "$INSTDIR\pkcc-trayw.exe"

VIProductVersion "${VERSION_4}"
VIAddVersionKey "ProductName" "pkcc-tray"
VIAddVersionKey "FileDescription" "pkcc-tray setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "CompanyName" "The pkcc-tray authors"
VIAddVersionKey "LegalCopyright" "MIT licence"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "${WINDOWED}"
!define MUI_FINISHPAGE_RUN_TEXT "Start pkcc-tray now"
!define MUI_COMPONENTSPAGE_NODESC
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; A running tray is asked to end, by the installed command over its named pipe: whatever version is there knows
; its own. $R9: whether one ran.
!macro END_TRAY un
  StrCpy $R9 0
  ${If} ${FileExists} "${CONSOLE}"
    ${Do}
      nsExec::ExecToStack '"${CONSOLE}" quit --json'
      Pop $0
      Pop $1
      ${If} $0 == 0
        ${${un}StrRep} $2 $1 '"was_running": true' ""
        ${If} $2 != $1
          StrCpy $R9 1
        ${EndIf}
        ${ExitDo}
      ${ElseIf} $0 != 4 ; an installation that is broken: there is nothing to be asked
        ${ExitDo}
      ${EndIf}
      ${If} ${Cmd} 'MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "pkcc-tray is running and does not end. Quit it from its menu, then try again." /SD IDCANCEL IDCANCEL'
        SetErrorLevel 2
        Quit
      ${EndIf}
    ${Loop}
  ${EndIf}
!macroend

; Takes a program's place away, also while it runs: Windows lets a running one be renamed, not replaced.
!macro MAKE_ROOM file
  Delete "${file}.old"
  ${If} ${FileExists} "${file}"
    Delete "${file}"
    ${If} ${FileExists} "${file}"
      Rename "${file}" "${file}.old"
    ${EndIf}
  ${EndIf}
!macroend

; Removes a folder as a whole or not at all: one that is in use cannot be renamed, and is left for the next time.
!macro REMOVE_WHOLE folder
  RMDir /r "${folder}.old"
  ClearErrors
  Rename "${folder}" "${folder}.old"
  RMDir /r "${folder}.old"
!macroend

Section "pkcc-tray" SecMain
  SectionIn RO
  !insertmacro END_TRAY ""
  SetOutPath "$INSTDIR"
  !insertmacro MAKE_ROOM "${CONSOLE}"
  !insertmacro MAKE_ROOM "${WINDOWED}"
  FindFirst $0 $1 "$INSTDIR\app-*"
  ${DoWhile} $1 != ""
    ${If} ${FileExists} "$INSTDIR\$1\*.*"
      !insertmacro REMOVE_WHOLE "$INSTDIR\$1"
    ${EndIf}
    FindNext $0 $1
  ${Loop}
  FindClose $0
  ; Of the same version again, while a command runs: its files are the same, those in use may stay.
  SetOverwrite try
  File /r "${SOURCE}\*.*"
  SetOverwrite on
  File "/oname=$INSTDIR\pkcc-tray.ico" "${ICON}"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortCut "$SMPROGRAMS\pkcc-tray.lnk" "${WINDOWED}" "" "$INSTDIR\pkcc-tray.ico" 0

  WriteRegStr HKCU "Software\pkcc-tray" "InstallDir" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "pkcc-tray"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\pkcc-tray.ico"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "The pkcc-tray authors"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  ; Links that join a catalog: one argument, and behind -- nothing of it is an option.
  WriteRegStr HKCU "${LINK_KEY}" "" "URL:pkcc-tray"
  WriteRegStr HKCU "${LINK_KEY}" "URL Protocol" ""
  WriteRegStr HKCU "${LINK_KEY}\DefaultIcon" "" "$INSTDIR\pkcc-tray.ico"
  WriteRegStr HKCU "${LINK_KEY}\shell\open\command" "" '"${WINDOWED}" link --page -- "%1"'
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" $0
SectionEnd

Section "The pkcc-tray command in new terminals (PATH)" SecPath
  ReadRegStr $0 HKCU "Environment" "Path"
  ${StrRep} $1 ";$0;" ";$INSTDIR;" ";"
  ${If} $1 == ";$0;"
  ${AndIf} $0 == ""
    WriteRegExpandStr HKCU "Environment" "Path" "$INSTDIR"
  ${ElseIf} $1 == ";$0;"
    ; NSIS reads at most so much: a longer PATH would be cut.
    StrLen $2 "$0$INSTDIR"
    ${If} $2 < ${NSIS_MAX_STRLEN}
      WriteRegExpandStr HKCU "Environment" "Path" "$0;$INSTDIR"
    ${EndIf}
  ${EndIf}
  SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=2000
SectionEnd

Section /o "Start at login" SecAutostart
  nsExec::ExecToStack '"${CONSOLE}" autostart on'
  Pop $0
  Pop $1
SectionEnd

; The tray that was ended for the upgrade comes back.
Section "-start again"
  ${If} $R9 == 1
    Exec '"${WINDOWED}"'
  ${EndIf}
SectionEnd

Function .onInit
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/AUTOSTART=" $R1
  ${IfNot} ${Errors}
  ${AndIf} $R1 == 1
    !insertmacro SelectSection ${SecAutostart}
  ${EndIf}
  ClearErrors
  ${GetOptions} $R0 "/PATH=" $R1
  ${IfNot} ${Errors}
  ${AndIf} $R1 == 0
    !insertmacro UnselectSection ${SecPath}
  ${EndIf}
FunctionEnd

Function .onInstSuccess
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/START=" $R1
  ${IfNot} ${Errors}
  ${AndIf} $R1 == 1
  ${AndIf} $R9 != 1
    Exec '"${WINDOWED}"'
  ${EndIf}
FunctionEnd

Section "Uninstall"
  !insertmacro END_TRAY "Un"
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/OFF=" $R1
  ${If} ${Errors}
    StrCpy $R1 1
  ${EndIf}
  ${If} $R1 != 0
    ${If} ${Cmd} `MessageBox MB_YESNO|MB_ICONQUESTION "Put Claude Code's settings back as they were before pkcc-tray?$\r$\n$\r$\nOtherwise Claude Code may ask for its key a program that is gone. Your profiles and keys are kept either way." /SD IDYES IDYES`
      nsExec::ExecToStack '"${CONSOLE}" off'
      Pop $0
      Pop $1
    ${EndIf}
  ${EndIf}
  nsExec::ExecToStack '"${CONSOLE}" autostart off'
  Pop $0
  Pop $1

  ; Only what was installed: a folder that the user chose may hold other things.
  FindFirst $0 $1 "$INSTDIR\app-*"
  ${DoWhile} $1 != ""
    RMDir /r "$INSTDIR\$1"
    FindNext $0 $1
  ${Loop}
  FindClose $0
  Delete "${CONSOLE}"
  Delete "${WINDOWED}"
  Delete "${CONSOLE}.old"
  Delete "${WINDOWED}.old"
  Delete "$INSTDIR\pkcc-tray.ico"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\pkcc-tray.lnk"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  DeleteRegKey HKCU "${LINK_KEY}"
  DeleteRegKey HKCU "Software\pkcc-tray"

  ReadRegStr $0 HKCU "Environment" "Path"
  ${UnStrRep} $1 ";$0;" ";$INSTDIR;" ";"
  ${If} $1 != ";$0;"
    StrCpy $1 $1 -1 1 ; without the two that were put around it
    WriteRegExpandStr HKCU "Environment" "Path" "$1"
    SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=2000
  ${EndIf}
SectionEnd
